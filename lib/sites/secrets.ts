// What a site's owners have in common: the password of SSH and the token of git over HTTP and of the API.

import { randomBytes } from 'node:crypto';
import { seal } from '../auth/seal.ts';

/** New ones; those before them open nothing once these are in the row. */
export function sealNewSecrets(secret: string): { sealedPassword: string; sealedToken: string } {
  return {
    sealedPassword: seal(secret, randomBytes(12).toString('base64url')),
    sealedToken: seal(secret, `lk_${randomBytes(24).toString('base64url')}`),
  };
}
