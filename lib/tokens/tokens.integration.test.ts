import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { seedPlans } from '../../prisma/seed.ts';
import type { Who } from '../audit/audit.ts';
import { findViewer } from '../auth/viewer.ts';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { parseSettings } from '../env.ts';
import { sitesOf } from '../sites/find.ts';
import { sealNewSecrets } from '../sites/secrets.ts';
import { findBearer } from './bearer.ts';
import { hashToken, newUserToken } from './secret.ts';
import { findTokenAccess } from './site-access.ts';
import { createToken, listTokens, revokeToken, TOKENS_MAX, type TokenWish } from './tokens.ts';

const SECRET = 'a'.repeat(32);
const NOW = new Date('2026-11-27T12:00:00Z');
const DAY_MS = 86_400_000;
let database: TestDatabase;
let user: string;
let who: Who;

beforeAll(async () => {
  database = await createTestDatabase();
  await seedPlans(database.db);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.db.site.deleteMany();
  user = (await database.db.user.create({ data: { role: 'member' } })).id;
  who = { actor: { id: user, role: 'member' }, address: null };
});

const make = (wish: Partial<TokenWish> = {}, of = user) =>
  createToken(database.db, of, { name: 'laptop', scope: 'full', sites: [], days: 90, ...wish }, who, NOW);

let port = 22_000;
async function addSite(name: string, ownerId: string) {
  port += 1;
  const data = { name, ownerId, sshPort: port, planName: 'guest', state: 'live' as const, ...sealNewSecrets(SECRET) };
  return database.db.site.create({ data });
}

test('a token is kept as its hash alone, and lasts for ninety days', async () => {
  const { id, token } = await make();
  const row = await database.db.userToken.findUniqueOrThrow({ where: { id } });
  expect(JSON.stringify(row)).not.toContain(token.slice(5));
  expect(row.hash).toBe(hashToken(token));
  expect(await findBearer(database.db, token, NOW)).toEqual({ userId: user, access: 'own', siteIds: [] });
  expect(await findBearer(database.db, token, new Date(NOW.getTime() + 90 * DAY_MS - 1))).not.toBeNull();
  expect(await findBearer(database.db, token, new Date(NOW.getTime() + 90 * DAY_MS))).toBeNull();
  const [told] = await listTokens(database.db, user, new Date(NOW.getTime() + 91 * DAY_MS));
  expect(told).toMatchObject({ name: 'laptop', sites: null, isExpired: true });
  expect(Object.keys(told ?? {})).not.toContain('hash');
});

test('one without an end stays, and a revoked one is nobody’s at once', async () => {
  const { id, token } = await make({ days: null, scope: 'deploy' });
  expect(await findBearer(database.db, token, new Date(NOW.getTime() + 9_999 * DAY_MS))).toMatchObject({
    access: 'develop',
  });
  const other = await database.db.user.create({ data: { role: 'member' } });
  await revokeToken(database.db, other.id, id, who);
  expect(await findBearer(database.db, token, NOW)).not.toBeNull();
  await revokeToken(database.db, user, id, who);
  await revokeToken(database.db, user, id, who);
  expect(await findBearer(database.db, token, NOW)).toBeNull();
  expect(await findBearer(database.db, newUserToken(), NOW)).toBeNull();
});

test('the last use is written once a minute', async () => {
  const { token } = await make();
  const usedAt = async (afterMs: number) => {
    await findBearer(database.db, token, new Date(NOW.getTime() + afterMs));
    const row = await database.db.userToken.findUniqueOrThrow({ where: { hash: hashToken(token) } });
    return (row.lastUsedAt?.getTime() ?? 0) - NOW.getTime();
  };
  expect([await usedAt(0), await usedAt(59_999), await usedAt(60_000), await usedAt(70_000)]).toEqual([
    0, 0, 60_000, 60_000,
  ]);
});

test('a token can be for some sites, which must be its user’s to see', async () => {
  const other = await database.db.user.create({ data: { role: 'member' } });
  const [own, shared, foreign] = [
    await addSite('own-site', user),
    await addSite('shared-site', other.id),
    await addSite('foreign-site', other.id),
  ];
  await database.db.member.create({ data: { siteId: shared.id, userId: user, role: 'developer' } });
  await expect(make({ sites: ['foreign-site'] })).rejects.toMatchObject({ code: 'not-found' });
  await expect(make({ sites: ['no-such-site'] })).rejects.toMatchObject({ code: 'not-found' });
  const { token } = await make({ sites: ['shared-site', 'shared-site'] });
  const opens = (id: string | null) => findTokenAccess(database.db, SECRET, token, id);
  expect([await opens(own.id), await opens(shared.id), await opens(foreign.id), await opens(null)]).toEqual([
    null,
    'develop',
    null,
    null,
  ]);
  await database.db.member.updateMany({ where: { userId: user }, data: { role: 'viewer' } });
  expect(await opens(shared.id)).toBe('view');
  await database.db.site.delete({ where: { id: shared.id } });
  expect(await opens(own.id)).toBeNull();
  expect(await listTokens(database.db, user, NOW)).toMatchObject([{ sites: [] }]);
});

test('who comes with a token is no signed-in user, and a session beside it does not count', async () => {
  const site = await addSite('own-site', user);
  const settings = parseSettings({ LIGHTKEEPER_SECRET: SECRET });
  const { token } = await make({ scope: 'deploy', days: null });
  const viewer = await findViewer({ db: database.db, settings }, new Headers({ authorization: `Bearer ${token}` }));
  expect(viewer).toEqual({
    userId: null,
    role: null,
    token: null,
    bearer: { userId: user, access: 'develop', siteIds: [] },
  });
  const seen = await sitesOf(database.db, SECRET, viewer);
  expect(seen.map(({ id, standing }) => [id, standing])).toEqual([
    [site.id, { access: 'develop', seesSecrets: false, isShared: true }],
  ]);
});

test('there are so many tokens of a user, and no more, also when they are made at once', async () => {
  const made = await Promise.allSettled(Array.from({ length: TOKENS_MAX + 3 }, () => make()));
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(TOKENS_MAX);
  expect(made.find((each) => each.status === 'rejected')?.reason).toMatchObject({ code: 'too-many-tokens' });
});

test('making and revoking is in the audit log, without the token', async () => {
  const { id, token } = await make({ name: 'ci' });
  await revokeToken(database.db, user, id, who);
  const lines = await database.db.auditEntry.findMany({ where: { actorId: user }, orderBy: { id: 'asc' } });
  expect(lines.map(({ action, subject }) => [action, subject])).toEqual([
    ['account.api-access-add', 'ci'],
    ['account.api-access-remove', 'ci'],
  ]);
  expect(JSON.stringify(lines)).not.toContain(token);
});
