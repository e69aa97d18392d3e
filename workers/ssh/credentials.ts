// Is the one at the door who it says? A password is the site's; a key must be one of the site's, and counts only once it
// has signed. Wrong name, wrong password and foreign key take the same steps, so that answer and time are the same.

import { timingSafeEqual } from 'node:crypto';
import { equalSecrets, seal, unseal } from '#lib/auth/seal.ts';
import { fingerprintOf, type PublicKey, parsePublicKey } from '#lib/keys/public-key.ts';
import { isSignedBy, type SignedMessage } from '#lib/keys/signature.ts';
import type { DoorSite, Sites } from './sites.ts';

export type Attempt =
  | { method: 'password'; password: string }
  /** Without `signed` the client only asks whether the key would do. */
  | { method: 'publickey'; blob: Buffer; signed: SignedMessage | null };

export type Credential = { kind: 'password'; sealedPassword: string } | { kind: 'key'; fingerprint: string };

const PASSWORD_BYTES_MAX = 1_024;
const BLOB_BYTES_MAX = 4_096;

export interface CredentialDeps {
  sites: Sites;
  secret: string;
}

/** The credential that opens this site, or null. `site` is null when there is none of that name. */
export async function findCredential(
  deps: CredentialDeps,
  site: DoorSite | null,
  attempt: Attempt,
): Promise<Credential | null> {
  const isOpen = site?.isOwned ?? false;
  if (attempt.method === 'password') {
    const isRight = isPassword(deps.secret, isOpen && site ? site.sealedPassword : null, attempt.password);
    return isRight && site ? { kind: 'password', sealedPassword: site.sealedPassword } : null;
  }
  const found = await findKeys(deps.sites, attempt);
  const isKnown = found.siteIds.includes(site?.id ?? '');
  return isOpen && isKnown ? keyCredential(found.fingerprint) : null;
}

/** The credential of a key that opens at least one site, or null. */
export async function findAnyKey(deps: CredentialDeps, attempt: Attempt): Promise<Credential | null> {
  if (attempt.method !== 'publickey') return null;
  const found = await findKeys(deps.sites, attempt);
  return found.siteIds.length > 0 ? keyCredential(found.fingerprint) : null;
}

/** Does what let somebody in still let them in? A changed password and a removed key do not. */
export async function stillOpens(deps: CredentialDeps, site: DoorSite, credential: Credential): Promise<boolean> {
  if (!site.isOwned) return false;
  if (credential.kind === 'password') return site.sealedPassword === credential.sealedPassword;
  const keys = await deps.sites.keysWith(credential.fingerprint);
  return keys.some(({ siteId }) => siteId === site.id);
}

function keyCredential(fingerprint: string): Credential {
  return { kind: 'key', fingerprint };
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

/** The sites whose key this is, by its bytes; with a signature, only if it is the key's own. */
async function findKeys(
  sites: Sites,
  { blob, signed }: Extract<Attempt, { method: 'publickey' }>,
): Promise<{ fingerprint: string; siteIds: string[] }> {
  const fingerprint = fingerprintOf(blob);
  if (blob.length > BLOB_BYTES_MAX) return { fingerprint, siteIds: [] };
  const rows = await sites.keysWith(fingerprint);
  const siteIds: string[] = [];
  let key: PublicKey | null = null;
  for (const row of rows) {
    const kept = parsePublicKey(row.publicKey);
    if (kept.blob.length !== blob.length || !timingSafeEqual(kept.blob, blob)) continue;
    key = kept;
    siteIds.push(row.siteId);
  }
  const isProven = key !== null && (signed === null || isSignedBy(key, signed));
  return { fingerprint, siteIds: isProven ? siteIds : [] };
}
