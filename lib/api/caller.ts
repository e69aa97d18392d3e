// Who asks, as limits and kept answers tell callers apart. A site's token counts for nobody until its site is found.

import { clientAddress } from '../auth/client-address.ts';
import { parseCredentials } from '../auth/viewer.ts';
import type { Viewer } from '../sites/access.ts';
import { hashToken } from '../tokens/secret.ts';

/** A known user or API token; null: a stranger, or the bearer of something that may be a site's token. */
export function identityOf(viewer: Viewer, headers: Headers): string | null {
  if (viewer.bearer) return `token ${tokenHash(headers)}`;
  return viewer.userId === null ? null : `user ${viewer.userId}`;
}

/** For the rate limit: strangers by their address, whatever they send, so that nobody is new with each guess. */
export function limitedAs(viewer: Viewer, headers: Headers): string {
  return identityOf(viewer, headers) ?? `address ${clientAddress(headers)}`;
}

/** Of the token that was sent. */
export function tokenHash(headers: Headers): string {
  return hashToken(parseCredentials(headers, '').token ?? '');
}
