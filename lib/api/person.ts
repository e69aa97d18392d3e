// Who a request is from, where it is about a person and not about a site: accounts are for those who signed in with a
// browser, and an API token reaches sites alone.

import type { Who } from '../audit/audit.ts';
import { clientAddress } from '../auth/client-address.ts';
import { AppError } from '../errors/app-error.ts';
import { personOf, type Viewer } from '../sites/access.ts';
import { isUserToken } from '../tokens/secret.ts';
import type { Call } from './handle.ts';

export type Person = Who & { actor: { id: string } };

type From = Pick<Call<unknown>, 'viewer' | 'request'>;

/** Who acts, for the audit log. */
export function whoOf({ viewer, request }: From): Who {
  const role = viewer.role ?? (viewer.bearer ? 'member' : 'token');
  return { actor: { id: personOf(viewer), role }, address: clientAddress(request.headers) };
}

/** Who is signed in to an account. Throws `no-session`, and `not-allowed` for tokens: none of them makes another. */
export function requireAccount({ viewer, request }: From): Person {
  if (viewer.bearer) {
    throw new AppError('not-allowed', {
      message: 'An API token cannot do this.',
      hint: 'Sign in with a browser, and do it on the page of your account.',
    });
  }
  const who = whoOf({ viewer, request });
  if (viewer.userId !== null && viewer.role !== 'guest') return { ...who, actor: { ...who.actor, id: viewer.userId } };
  throw new AppError('no-session', {
    message: 'You are not signed in.',
    hint: 'Sign in to your account, and try again.',
  });
}

/** Who shares a site: somebody with an account, also by an API token. Throws `not-allowed`. */
export function requireSharer({ viewer, request }: From): Person {
  const who = whoOf({ viewer, request });
  const id = viewer.role === 'guest' ? null : personOf(viewer);
  if (id !== null) return { ...who, actor: { ...who.actor, id } };
  throw new AppError('not-allowed', {
    message: 'Only somebody with an account can share a site.',
    hint: 'Sign in to your account, or make one, and invite from there.',
  });
}

/** For whom a launch is; null: a guest to be. Throws `not-allowed` for a token that may do less. */
export function requireLauncher(viewer: Viewer): string | null {
  refuseBadToken(viewer);
  const { bearer } = viewer;
  if (!bearer || (bearer.access === 'own' && bearer.siteIds.length === 0)) return personOf(viewer);
  throw new AppError('not-allowed', {
    message: 'This API token may not launch sites.',
    hint: 'Use one that may do everything, with all of your sites.',
  });
}

/** Throws `no-session`: whoever sends a token does not want to be a stranger without one. */
export function refuseBadToken({ token }: Viewer): void {
  if (token === null || !isUserToken(token)) return;
  throw new AppError('no-session', {
    message: 'This API token is not known: it was revoked, or it has expired.',
    hint: 'Make a new one on the page of your account.',
  });
}
