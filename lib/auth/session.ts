// The session cookie: a JSON web token of next-auth, encrypted, that names a user, the session version it was made with
// and the row of the session (lib/accounts/sessions.ts). Guests get the same cookie, without a row and without ever
// signing in.

import { hkdfSync } from 'node:crypto';
import { decode, encode } from 'next-auth/jwt';
import { z } from 'zod';
import { requireSecret, type Settings } from '../env.ts';

export const SESSION_SECONDS = 30 * 24 * 60 * 60;

const PAYLOAD = z.object({ sub: z.uuid(), version: z.int().min(0), sid: z.uuid().optional() });

export interface SessionClaim {
  userId: string;
  /** Must equal the user's `sessionVersion`, or the session has been ended. */
  version: number;
  /** Of those who signed in; the session has been ended when its row is gone. */
  sessionId?: string;
}

export interface SessionCookie {
  name: string;
  options: { httpOnly: true; sameSite: 'lax'; path: '/'; secure: boolean };
}

/** Cookies ignore ports, so that each instance of a machine needs names of its own. */
export function cookieOf(from: Settings, purpose: 'session' | 'csrf' | 'callback' | 'launch' | 'state'): SessionCookie {
  const secure = from.appUrl.startsWith('https:');
  return {
    name: `${secure ? '__Host-' : ''}${from.instance}.${purpose}`,
    options: { httpOnly: true, sameSite: 'lax', path: '/', secure },
  };
}

/** The key of session tokens: derived, so that it opens nothing else. */
export function sessionSecret(from: Settings): string {
  return Buffer.from(hkdfSync('sha256', requireSecret(from), '', 'lightkeeper session', 32)).toString('base64url');
}

/** The Set-Cookie line that makes this browser the user's. */
export async function sessionCookie(from: Settings, claim: SessionClaim): Promise<string> {
  const token = payloadOf(claim);
  const value = await encode({ token, secret: sessionSecret(from), maxAge: SESSION_SECONDS });
  const { name, options } = cookieOf(from, 'session');
  return `${name}=${value}; Path=/; Max-Age=${SESSION_SECONDS}; HttpOnly; SameSite=Lax${options.secure ? '; Secure' : ''}`;
}

/** The Set-Cookie line that makes this browser nobody's. */
export function endedSessionCookie(from: Settings): string {
  const { name, options } = cookieOf(from, 'session');
  return `${name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax${options.secure ? '; Secure' : ''}`;
}

/** What a token carries. Pure. */
export function payloadOf({ userId, version, sessionId }: SessionClaim) {
  return { sub: userId, version, ...(sessionId === undefined ? {} : { sid: sessionId }) };
}

/** What a cookie's value claims; null when it is not ours, changed or expired. */
export async function readSession(from: Settings, value: string): Promise<SessionClaim | null> {
  try {
    const payload = PAYLOAD.safeParse(await decode({ token: value, secret: sessionSecret(from) }));
    if (!payload.success) return null;
    const { sub, version, sid } = payload.data;
    return { userId: sub, version, ...(sid === undefined ? {} : { sessionId: sid }) };
  } catch {
    return null; // next-auth throws for every token it cannot open
  }
}
