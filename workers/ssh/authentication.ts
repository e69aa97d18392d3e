// The login conversation on one connection: counts guesses, gives every wrong one the same answer after the same time,
// and lets nobody in before the door has said yes to a password or a signature.

import { setTimeout as sleep } from 'node:timers/promises';
import type { AuthContext, AuthenticationType, Connection, PublicKeyAuthContext } from 'ssh2';
import type { Log } from '#lib/log.ts';
import type { Attempt } from './credentials.ts';
import type { Guard } from './guard.ts';
import type { SshLimits } from './limits.ts';

export interface AuthenticationDeps<Identity> {
  limits: SshLimits;
  log: Log;
  methodsFor(user: string): AuthenticationType[];
  identify(user: string, attempt: Attempt): Promise<Identity | null>;
  onWrongGuesses(): void;
  /** Called once, before the client hears of its success. */
  onIdentity(identity: Identity): void;
}

export function authenticate<Identity>(deps: AuthenticationDeps<Identity>, client: Connection, guard: Guard): void {
  let requests = 0;
  let wrongGuesses = 0;

  const refuse = async (context: AuthContext, startedAt: number) => {
    const isGuess = context.method === 'password' || (context.method === 'publickey' && context.signature);
    if (isGuess) {
      wrongGuesses += 1;
      deps.log.info(
        { user: shown(context.username), from: guard.ends.remote.address, method: context.method },
        'wrong guess',
      );
      await sleep(Math.max(0, deps.limits.wrongGuessMs - (performance.now() - startedAt)));
    }
    if (wrongGuesses >= deps.limits.wrongGuessesMax) {
      deps.onWrongGuesses();
      return guard.end('too many wrong guesses');
    }
    context.reject(deps.methodsFor(context.username));
  };

  const decide = async (context: AuthContext) => {
    const startedAt = performance.now();
    requests += 1;
    if (requests > deps.limits.authRequestsMax) return guard.end('too many requests to authenticate');
    const attempt = toAttempt(context);
    const isAllowed = deps.methodsFor(context.username).includes(context.method);
    const identity = attempt && isAllowed ? await deps.identify(context.username, attempt) : null;
    if (guard.gone.aborted) return;
    if (!identity || !attempt) return refuse(context, startedAt);
    const isProven = attempt.method === 'password' || attempt.signed !== null;
    if (isProven) deps.onIdentity(identity);
    // For a key without a signature, ssh2 only answers "sign with it": PKAuthContext.accept.
    context.accept();
  };

  client.on('authentication', (context) => {
    decide(context).catch((cause: unknown) => {
      deps.log.error({ cause: String(cause) }, 'cannot check a login');
      guard.end('the login could not be checked');
    });
  });
}

function toAttempt(context: AuthContext): Attempt | null {
  if (context.method === 'password') return { method: 'password', password: context.password };
  if (context.method !== 'publickey') return null;
  return { method: 'publickey', blob: context.key.data, signed: toSigned(context) };
}

function toSigned({ blob, signature, hashAlgo }: PublicKeyAuthContext) {
  if (!signature || !blob) return null;
  const hash = hashAlgo === 'sha256' || hashAlgo === 'sha512' ? hashAlgo : null;
  return { data: blob, signature, hash } as const;
}

/** A name from a stranger, short enough for a log line. */
function shown(user: string): string {
  return user.slice(0, 64);
}
