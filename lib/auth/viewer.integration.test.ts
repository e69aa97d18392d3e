import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { parseSettings } from '../env.ts';
import { sessionCookie } from './session.ts';
import { findViewer } from './viewer.ts';

const settings = parseSettings({ LIGHTKEEPER_SECRET: 'a'.repeat(32) });
const NOBODY = { userId: null, role: null, token: null };
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function viewerWith(claim: { userId: string; version: number }) {
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
