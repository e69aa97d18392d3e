// Who is asking: the user of a session cookie, or the bearer of a user's or a site's token. Says who, never what they
// may do.

import type { Db } from '../db/client.ts';
import type { Role } from '../db/generated/client.ts';
import type { Settings } from '../env.ts';
import type { Viewer } from '../sites/access.ts';
import { findBearer } from '../tokens/bearer.ts';
import { isUserToken } from '../tokens/secret.ts';
import { clientAddress } from './client-address.ts';
import { cookieOf, readSession, type SessionClaim } from './session.ts';

export interface Credentials {
  session: string | null;
  token: string | null;
}

const HEADER_LENGTH_MAX = 1_024;
const NOBODY: Viewer = { userId: null, role: null, token: null };

/**
 * The viewer of a request. A cookie of an ended session or of an unknown user counts for nothing, and none counts beside
 * a user's token.
 */
export async function findViewer(deps: { db: Db; settings: Settings }, headers: Headers): Promise<Viewer> {
  const { session, token } = parseCredentials(headers, cookieOf(deps.settings, 'session').name);
  if (token !== null && isUserToken(token)) {
    const bearer = await findBearer(deps.db, token, new Date());
    return bearer ? { ...NOBODY, bearer } : { ...NOBODY, token };
  }
  const claim = session === null ? null : await readSession(deps.settings, session);
  if (!claim) return { ...NOBODY, token };
  const user = await findUser(deps.db, claim, clientAddress(headers));
  return user ? { userId: user.id, role: user.role, token } : { ...NOBODY, token };
}

/** What this browser's cookie claims, without asking whether it still counts. */
export async function claimOf(settings: Settings, headers: Headers): Promise<SessionClaim | null> {
  const value = findCookie(headers.get('cookie') ?? '', cookieOf(settings, 'session').name);
  return value === null ? null : readSession(settings, value);
}

/** One statement, which also writes down, once in some minutes, when and where the session was seen. */
async function findUser(db: Db, { userId, version, ...claim }: SessionClaim, address: string) {
  const sessionId = claim.sessionId ?? null;
  const [user] = await db.$queryRaw<{ id: string; role: Role }[]>`
    with seen as (
      update "Session" set "lastSeenAt" = now(), address = ${address}
      where id = ${sessionId}::uuid and "userId" = ${userId}::uuid and "lastSeenAt" < now() - interval '2 minutes')
    select u.id, u.role from "User" u
    where u.id = ${userId}::uuid and u."sessionVersion" = ${version} and (${sessionId}::uuid is null
      or exists (select 1 from "Session" s where s.id = ${sessionId}::uuid and s."userId" = u.id))`;
  return user ?? null;
}

/** The session cookie and the token of `Authorization: Bearer TOKEN` or of Basic's password (RFC 6750, RFC 7617). */
export function parseCredentials(headers: Headers, cookieName: string): Credentials {
  return {
    session: findCookie(headers.get('cookie') ?? '', cookieName),
    token: findToken(headers.get('authorization')),
  };
}

/** The first cookie of the name in a Cookie header (RFC 6265, 5.4), or null. */
export function findCookie(header: string, name: string): string | null {
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim() || null;
  }
  return null;
}

function findToken(header: string | null): string | null {
  if (!header || header.length > HEADER_LENGTH_MAX) return null;
  const [scheme = '', value = ''] = header.trim().split(/\s+/, 2);
  if (scheme.toLowerCase() === 'bearer') return value || null;
  if (scheme.toLowerCase() !== 'basic') return null;
  const text = Buffer.from(value, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? null : text.slice(colon + 1) || null;
}
