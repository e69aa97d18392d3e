// What a door (a site's own port, or the gateway) is to the listener that opens it.

import type { AuthenticationType, Connection } from 'ssh2';
import type { AppError } from '#lib/errors/app-error.ts';
import type { PublicKey } from '#lib/keys/public-key.ts';
import type { Access } from '#lib/sites/access.ts';
import type { Attempt, Credential } from './credentials.ts';
import type { Guard } from './guard.ts';

/** Who has logged in, and with what. */
export interface Identity {
  user: string;
  credential: Credential;
  /** The connection ends when the credential opens less than this. */
  access: Access;
  /** Connections are counted by it: a site's id, or a key's fingerprint where no site is named yet. */
  place: string;
  site: { id: string; name: string } | null;
  /** Of one who is at the console, and not in a site: the key that has signed. */
  visitor?: Visitor;
  /** It ends its own site, so its connection stays for the answer. */
  isLeaving?: boolean;
}

export interface Visitor {
  key: PublicKey;
  /** No account and no site knows the key: anybody can have one. */
  isNobody: boolean;
}

export interface Door {
  methodsFor(user: string): AuthenticationType[];
  identify(user: string, attempt: Attempt): Promise<Identity | null>;
  /** Answers the sessions of one who has logged in. With `refusal`, every session is told that instead. */
  serve(client: Connection, guard: Guard, identity: Identity, refusal: AppError | null): void;
}
