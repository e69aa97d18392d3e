// How a user's API token looks: a prefix that tells it from a site's token and that secret scanners can look for, and 32
// random bytes. Random enough for a plain hash, with which it is also found.

import { createHash, randomBytes } from 'node:crypto';

const PREFIX = 'lk_u_';
const FORM = /^lk_u_[\w-]{43}$/;

export function newUserToken(): string {
  return PREFIX + randomBytes(32).toString('base64url');
}

/** Whether it may be one, real or not. */
export function isUserToken(text: string): boolean {
  return FORM.test(text);
}

/** SHA-256 in hex: of tokens with 256 random bits, and of nothing that people think up. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
