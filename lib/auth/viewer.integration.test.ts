import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { parseSettings } from '../env.ts';
import { type SessionClaim, sessionCookie } from './session.ts';
import { findViewer } from './viewer.ts';

const settings = parseSettings({ LIGHTKEEPER_SECRET: 'a'.repeat(32) });
const NOBODY = { userId: null, role: null, token: null };
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function viewerWith(claim: SessionClaim) {
  const cookie = (await sessionCookie(settings, claim)).split(';')[0] ?? '';
  return findViewer({ db: database.db, settings }, new Headers({ cookie }));
}

describe('findViewer', () => {
  it('knows the user of a session, until the session is ended', async () => {
    const user = await database.db.user.create({ data: { role: 'guest' } });
    const claim = { userId: user.id, version: 0 };
    expect(await viewerWith(claim)).toEqual({ userId: user.id, role: 'guest', token: null });
    await database.db.user.update({ where: { id: user.id }, data: { sessionVersion: 1 } });
    expect(await viewerWith(claim)).toEqual(NOBODY);
  });

  it('knows a session by its row, and ends with it', async () => {
    const { id: userId } = await database.db.user.create({ data: { role: 'member' } });
    const old = new Date(Date.now() - 3_600_000);
    const row = { userId, address: '192.0.2.1', agent: 'curl', lastSeenAt: old };
    const { id: sessionId } = await database.db.session.create({ data: row });
    const claim = { userId, version: 0, sessionId };
    expect(await viewerWith(claim)).toMatchObject({ userId, role: 'member' });
    const seen = await database.db.session.findUniqueOrThrow({ where: { id: sessionId } });
    expect(seen.lastSeenAt.getTime()).toBeGreaterThan(old.getTime() + 3_000_000);
    await database.db.session.delete({ where: { id: sessionId } });
    expect(await viewerWith(claim)).toEqual(NOBODY);
    expect(await viewerWith({ userId, version: 0 })).toMatchObject({ userId });
  });

  it('takes the row of somebody else’s session for nothing', async () => {
    const [mine, other] = await Promise.all([1, 2].map(() => database.db.user.create({ data: { role: 'member' } })));
    const row = { userId: other?.id ?? '', address: '192.0.2.1', agent: 'curl' };
    const { id: sessionId } = await database.db.session.create({ data: row });
    expect(await viewerWith({ userId: mine?.id ?? '', version: 0, sessionId })).toEqual(NOBODY);
  });

  it('gives a role that was taken away to nobody', async () => {
    const user = await database.db.user.create({ data: { role: 'admin' } });
    await database.db.user.update({ where: { id: user.id }, data: { role: 'member' } });
    expect(await viewerWith({ userId: user.id, version: 0 })).toMatchObject({ role: 'member' });
  });

  it('takes the session of a user who is gone for nobody’s', async () => {
    expect(await viewerWith({ userId: '01890000-0000-7000-8000-00000000dead', version: 0 })).toEqual(NOBODY);
  });

  it('asks the database nothing without a session', async () => {
    expect(await findViewer({ db: database.db, settings }, new Headers())).toEqual(NOBODY);
  });
});
