// A site's two secrets, as they are made: the password of SSH, and the token of git over HTTP and of the API.

import { randomBytes } from 'node:crypto';
import { seal } from '../auth/seal.ts';

/** New ones; those before them open nothing once these are in the row. */
export function sealNewSecrets(secret: string): { sealedPassword: string; sealedToken: string } {
  return { sealedPassword: newSealedPassword(secret), sealedToken: newSealedToken(secret) };
}

export function newSealedPassword(secret: string): string {
  return seal(secret, randomBytes(12).toString('base64url'));
}

export function newSealedToken(secret: string): string {
  return seal(secret, `lk_${randomBytes(24).toString('base64url')}`);
}
