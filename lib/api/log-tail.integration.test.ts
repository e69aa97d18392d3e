import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { LOG_CHARACTERS_MAX, readLogTail } from './log-tail.ts';

let database: TestDatabase;
let siteId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.db.plan.create({ data: PLAN });
  const site = { name: 'log-tail', planName: PLAN.name, sshPort: 22_000, sealedPassword: '', sealedToken: '' };
  siteId = (await database.db.site.create({ data: site })).id;
});
afterAll(() => database.drop());

const PLAN = {
  name: 'log-tail',
  diskBytesMax: 1n,
  inodesMax: 1,
  memoryBytesMax: 1n,
  cpuMillisMax: 1,
  pidsMax: 1,
  openFilesMax: 1,
  logBytesMax: 1n,
  tmpfsBytesMax: 1n,
  pushBytesMax: 1n,
  sitesMax: 1,
  totalDiskBytesMax: 1n,
  totalMemoryBytesMax: 1n,
  bandwidthBytesMax: 1n,
  connectionsMax: 1,
  newConnectionsMax: 1,
};

const write = (number: number, log: string) =>
  database.db.deployment.upsert({
    where: { siteId_number: { siteId, number } },
    create: { siteId, number, cause: 'push', log },
    update: { log },
  });

describe('readLogTail', () => {
  it('answers null where nothing was deployed', async () => {
    expect(await readLogTail(database.db, siteId, null)).toBeNull();
  });

  it('gives only what is new, whatever the characters', async () => {
    await write(1, 'one 😀\n');
    const first = await readLogTail(database.db, siteId, null);
    expect(first).toEqual({ number: 1, from: 0, to: 6, text: 'one 😀\n' });
    await write(1, 'one 😀\ntwo ü\n');
    const second = await readLogTail(database.db, siteId, { number: 1, at: 6 });
    expect(second).toEqual({ number: 1, from: 6, to: 12, text: 'two ü\n' });
    expect(await readLogTail(database.db, siteId, { number: 1, at: 12 })).toBeNull();
  });

  it('begins anew with a new deployment, even one that is silent', async () => {
    await write(2, '');
    expect(await readLogTail(database.db, siteId, { number: 1, at: 12 })).toEqual({
      number: 2,
      from: 0,
      to: 0,
      text: '',
    });
  });

  it('begins anew when the log became shorter', async () => {
    await write(2, 'x');
    expect(await readLogTail(database.db, siteId, { number: 2, at: 9 })).toMatchObject({ from: 0, text: 'x' });
  });

  it('skips the beginning of a log that is too long', async () => {
    await write(2, 'x'.repeat(LOG_CHARACTERS_MAX + 10));
    expect(await readLogTail(database.db, siteId, null)).toMatchObject({ from: 10, to: LOG_CHARACTERS_MAX + 10 });
  });
});
