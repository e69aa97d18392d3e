// The session cookie: a JSON web token of next-auth, encrypted, that names a user and the session version it was made
// with. Guests get the same cookie without ever signing in.

import { hkdfSync } from 'node:crypto';
import { decode, encode } from 'next-auth/jwt';
import { z } from 'zod';
import { requireSecret, type Settings } from '../env.ts';

export const SESSION_SECONDS = 30 * 24 * 60 * 60;

const PAYLOAD = z.object({ sub: z.uuid(), version: z.int().min(0) });

export interface SessionClaim {
  userId: string;
  /** Must equal the user's `sessionVersion`, or the session has been ended. */
  version: number;
}

export interface SessionCookie {
  name: string;
  options: { httpOnly: true; sameSite: 'lax'; path: '/'; secure: boolean };
}

/** Cookies ignore ports, so that each instance of a machine needs names of its own. */
export function cookieOf(from: Settings, purpose: 'session' | 'csrf' | 'callback' | 'launch'): SessionCookie {
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
  const token = { sub: claim.userId, version: claim.version };
  const value = await encode({ token, secret: sessionSecret(from), maxAge: SESSION_SECONDS });
  const { name, options } = cookieOf(from, 'session');
  return `${name}=${value}; Path=/; Max-Age=${SESSION_SECONDS}; HttpOnly; SameSite=Lax${options.secure ? '; Secure' : ''}`;
}

/** What a cookie's value claims; null when it is not ours, changed or expired. */
export async function readSession(from: Settings, value: string): Promise<SessionClaim | null> {
  try {
    const payload = PAYLOAD.safeParse(await decode({ token: value, secret: sessionSecret(from) }));
    return payload.success ? { userId: payload.data.sub, version: payload.data.version } : null;
  } catch {
    return null; // next-auth throws for every token it cannot open
  }
}
