import { describe, expect, it } from 'vitest';
import { parseSettings } from '../env.ts';
import { cookieOf, readSession, sessionCookie } from './session.ts';

const plain = parseSettings({ LIGHTKEEPER_SECRET: 'a'.repeat(32) });
const secure = parseSettings({ LIGHTKEEPER_SECRET: 'a'.repeat(32), APP_URL: 'https://lightkeeper.example' });
const claim = { userId: '01890000-0000-7000-8000-000000000001', version: 3 };

const valueOf = (cookie: string) => /=([^;]*)/.exec(cookie)?.[1] ?? '';

describe('the session cookie', () => {
  it('gives back what it was made with', async () => {
    expect(await readSession(plain, valueOf(await sessionCookie(plain, claim)))).toEqual(claim);
  });

  it('names the row of a session that was signed in', async () => {
    const signedIn = { ...claim, sessionId: '01890000-0000-7000-8000-000000000002' };
    expect(await readSession(plain, valueOf(await sessionCookie(plain, signedIn)))).toEqual(signedIn);
  });

  it('is kept from scripts and from other sites', async () => {
    expect(await sessionCookie(plain, claim)).toMatch(/^lightkeeper\.session=.*; HttpOnly; SameSite=Lax$/);
  });

  it('is bound to the host and to encryption where there is HTTPS', async () => {
    expect(await sessionCookie(secure, claim)).toMatch(/^__Host-lightkeeper\.session=.*; Path=\/;.*; Secure$/);
  });

  it('has another name in each instance, because cookies ignore ports', () => {
    const other = parseSettings({ LIGHTKEEPER_INSTANCE: 'second' });
    expect(cookieOf(other, 'session').name).not.toBe(cookieOf(plain, 'session').name);
  });

  it('means nothing when changed, or made with another secret', async () => {
    const value = valueOf(await sessionCookie(plain, claim));
    const stranger = parseSettings({ LIGHTKEEPER_SECRET: 'b'.repeat(32) });
    expect(await readSession(plain, `${value.slice(0, -4)}AAAA`)).toBeNull();
    expect(await readSession(stranger, value)).toBeNull();
    expect(await readSession(plain, 'eyJhbGciOiJub25lIn0.e30.')).toBeNull();
  });
});
