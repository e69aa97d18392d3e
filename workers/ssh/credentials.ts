// Is the one at the door who it says? A password is the site's; a key must be one of the site's or of somebody who shares
// it, and counts only once it has signed. Wrong name, wrong password and foreign key take the same steps, so that answer
// and time are the same.

import { timingSafeEqual } from 'node:crypto';
import { equalSecrets, seal, unseal } from '#lib/auth/seal.ts';
import { fingerprintOf, type PublicKey, parsePublicKey } from '#lib/keys/public-key.ts';
import { isSignedBy, type SignedMessage } from '#lib/keys/signature.ts';
import { type Access, includes } from '#lib/sites/access.ts';
import type { DoorSite, Sites } from './sites.ts';

export type Attempt =
  | { method: 'password'; password: string }
  /** Without `signed` the client only asks whether the key would do. */
  | { method: 'publickey'; blob: Buffer; signed: SignedMessage | null };

/** What somebody came in with. */
export type Credential = { kind: 'password'; sealedPassword: string } | { kind: 'key'; fingerprint: string };

export interface Entry {
  credential: Credential;
  access: Access;
}

const PASSWORD_BYTES_MAX = 1_024;
export const BLOB_BYTES_MAX = 4_096;
/** An id that no site has, for the look-up of keys where there is no such site. */
const NO_SITE = '00000000-0000-0000-0000-000000000000';

export interface CredentialDeps {
  sites: Sites;
  secret: string;
}

/** What opens this site, and how far, or null. `site` is null when there is none of that name. */
export async function findCredential(
  deps: CredentialDeps,
  site: DoorSite | null,
  attempt: Attempt,
): Promise<Entry | null> {
  const isOpen = site?.isOwned ?? false;
  if (attempt.method === 'password') {
    const isRight = isPassword(deps.secret, isOpen && site ? site.sealedPassword : null, attempt.password);
    if (!isRight || !site) return null;
    return { credential: { kind: 'password', sealedPassword: site.sealedPassword }, access: 'own' };
  }
  const found = await findKey(deps.sites, site?.id ?? NO_SITE, attempt);
  return isOpen ? found : null;
}

/** The credential of a key that opens at least one site, or null. */
export async function findAnyKey(deps: CredentialDeps, attempt: Attempt): Promise<Credential | null> {
  if (attempt.method !== 'publickey') return null;
  return (await findKey(deps.sites, null, attempt))?.credential ?? null;
}

/** How far what let somebody in still opens the site; null: a changed password and a removed key or member do not. */
export async function accessWith(
  deps: CredentialDeps,
  site: Pick<DoorSite, 'id' | 'isOwned' | 'sealedPassword'>,
  credential: Credential,
): Promise<Access | null> {
  if (!site.isOwned) return null;
  if (credential.kind === 'password') return site.sealedPassword === credential.sealedPassword ? 'own' : null;
  const keys = await deps.sites.keysWith(credential.fingerprint, site.id);
  return mostOf(keys.map(({ access }) => access));
}

export function mostOf(accesses: Access[]): Access | null {
  return accesses.reduce<Access | null>((most, each) => (most && includes(most, each) ? most : each), null);
}

/** "the site's password", or the comment of the key, which is its owner's word for it. */
export async function credentialWords(
  { sites }: CredentialDeps,
  site: { id: string },
  credential: Credential,
): Promise<string> {
  if (credential.kind === 'password') return 'the site’s password';
  const [key] = await sites.keysWith(credential.fingerprint, site.id);
  const comment = key?.publicKey.split(' ').slice(2).join(' ');
  return `the key ${comment || credential.fingerprint}`;
}

function isPassword(secret: string, sealed: string | null, given: string): boolean {
  const right = unseal(secret, sealed ?? decoy(secret));
  const isEqual = Buffer.byteLength(given) <= PASSWORD_BYTES_MAX && equalSecrets(right, given);
  return isEqual && sealed !== null;
}

const decoys = new Map<string, string>();

function decoy(secret: string): string {
  const sealed = decoys.get(secret) ?? seal(secret, 'nobody has this one');
  decoys.set(secret, sealed);
  return sealed;
}

/** The site's key that this is, by its bytes, or any site's for null; with a signature, only if it is the key's own. */
async function findKey(
  sites: Sites,
  siteId: string | null,
  { blob, signed }: Extract<Attempt, { method: 'publickey' }>,
): Promise<Entry | null> {
  const fingerprint = fingerprintOf(blob);
  if (blob.length > BLOB_BYTES_MAX) return null;
  const rows = await sites.keysWith(fingerprint, siteId);
  const accesses: Access[] = [];
  let key: PublicKey | null = null;
  for (const row of rows) {
    const kept = parsePublicKey(row.publicKey);
    if (kept.blob.length !== blob.length || !timingSafeEqual(kept.blob, blob)) continue;
    key = kept;
    accesses.push(row.access);
  }
  const access = mostOf(accesses);
  const isProven = key !== null && (signed === null || isSignedBy(key, signed));
  return isProven && access ? { credential: { kind: 'key', fingerprint }, access } : null;
}
