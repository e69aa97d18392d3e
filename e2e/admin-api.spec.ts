// The admin's API: what a script of the operator's can do with it, and that for everybody else there is no such thing.

import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseExposition } from '#lib/metrics/testing/exposition.ts';
import { type AdminApi, askAs, openAdminApi } from './setup/admin-api.ts';
import { APP_URL, api, expect, type Site, status, test } from './setup/fixtures.ts';
import { SETTINGS } from './setup/host-state.ts';

const USER = '01900000-0000-7000-8000-000000000000';

/** Every way, with a body that an admin's would be accepted with. A route without a row fails the test below. */
const WAYS: Record<string, unknown> = {
  'GET /alerts': undefined,
  'POST /alerts': { kind: 'webhook', target: 'https://example.com/' },
  'DELETE /alerts': { id: USER },
  'GET /alerts/test': undefined,
  'POST /alerts/test': { id: USER },
  'GET /host': undefined,
  'GET /events': undefined,
  'GET /sites': undefined,
  'GET /sites/[name]': undefined,
  'GET /sites/[name]/history': undefined,
  'GET /sites.csv': undefined,
  'GET /audit': undefined,
  'GET /audit.csv': undefined,
  'GET /events.csv': undefined,
  'GET /plans': undefined,
  'POST /plans': { name: 'any' },
  'PATCH /plans/[name]': { change: { pidsMax: 100 } },
  'DELETE /plans/[name]': undefined,
  'GET /users': undefined,
  'PATCH /users/[id]': { change: { sitesMax: 3 } },
  'POST /bulk': { names: ['[name]'], action: 'delete' },
  'DELETE /sites/[name]': undefined,
  'PATCH /sites/[name]/limits': { limits: { pidsMax: 100 } },
  'POST /sites/[name]/hold': { reason: 'for a test' },
  'POST /sites/[name]/release': undefined,
};

let admin: AdminApi;

test.beforeAll(async () => {
  admin = await openAdminApi();
});

test('every admin route has a row in the table of who may not', () => {
  expect(Object.keys(WAYS).sort()).toEqual(findWays().sort());
});

test('a guest, a bearer of a token and a stranger find nothing at any admin route, whatever they send', async ({
  site,
}) => {
  const launched = await fetch(`${APP_URL}/api/sites`, { method: 'POST' });
  const own = (await launched.json()) as Site;
  const callers: Record<string, string>[] = [
    {},
    { cookie: launched.headers.get('set-cookie')?.split(';')[0] ?? '' },
    { authorization: `Bearer ${site.token}` },
    { cookie: `${admin.cookie.slice(0, -4)}AAAA` },
  ];
  const before = await everythingOf(site);
  try {
    for (const [way, body] of [...Object.entries(WAYS), ['GET /metrics', undefined] as const]) {
      const [method = '', place = ''] = fill(way, site).split(' ');
      const at = place === '/metrics' ? place : `/api/admin${place}`;
      for (const headers of callers) {
        for (const sent of method === 'GET' ? [undefined] : [fillBody(body, site), { wrong: true }]) {
          const told = await askAs(headers, method, at, sent);
          expect({ way, status: told.status, code: told.body?.error?.code }).toEqual({
            way,
            status: 404,
            code: 'not-found',
          });
        }
      }
    }
  } finally {
    await askAs({ authorization: `Bearer ${own.token}` }, 'DELETE', `/api/sites/${own.name}`);
  }
  expect(await everythingOf(site)).toEqual(before);
});

test('a page of somebody else’s gets nothing done with the admin’s cookie', async ({ site }) => {
  const headers = { cookie: admin.cookie, origin: 'https://evil.example' };
  const told = await askAs(headers, 'PATCH', `/api/admin/sites/${site.name}/limits`, { limits: { pidsMax: 20 } });
  expect(told.status).toBe(403);
  expect((await everythingOf(site)).limits.pids).toBe(128);
});

test('input that is not right is named, and changes nothing', async ({ site }) => {
  const limits = (body: unknown) => admin.ask('PATCH', `/api/admin/sites/${site.name}/limits`, body);
  for (const [body, sentence] of [
    [
      { limits: { diskBytesMax: 1 } },
      '"limits.diskBytesMax" is not right: must be a whole number from 16 MB to 16 TB.',
    ],
    [{ limits: { pidsMax: 1.5 } }, '"limits.pidsMax" is not right'],
    [{ limits: { pidsMax: '100' } }, '"limits.pidsMax" is not right'],
    [{ limits: { pidsMax: 100, memory: 3 } }, '"limits" is not right'],
    [{ limits: { cpuMillisMax: 900_000 } }, 'this machine has'],
    [{ limits: {} }, 'name at least one limit'],
    [{}, '"limits" is not right'],
  ] as const) {
    const told = await limits(body);
    expect({ body, status: told.status, message: told.body.error.message }).toEqual({
      body,
      status: 400,
      message: expect.stringContaining(sentence),
    });
  }
  expect(
    (await admin.ask('POST', '/api/admin/bulk', { names: Array(501).fill('a'), action: 'hold', reason: 'too many' }))
      .status,
  ).toBe(400);
  expect((await admin.ask('POST', `/api/admin/sites/${site.name}/hold`, { reason: 'two\nlines' })).status).toBe(400);
  expect((await admin.ask('PATCH', '/api/admin/users/none', { change: { sitesMax: 1 } })).status).toBe(404);
  expect((await everythingOf(site)).limits).toMatchObject({ pids: 128, diskBytes: 2 ** 30 });
});

test('one act on many sites has an outcome for each, and is in the audit log with its actor', async ({
  site,
  neighbour,
}) => {
  const names = [site.name, neighbour.name, 'no-such-site-1', site.name];
  const reason = '=HYPERLINK("http://evil.example","a, b")';
  const held = await admin.ask('POST', '/api/admin/bulk', { names, action: 'hold', reason });
  expect(held.body.outcomes).toEqual([
    { name: site.name, ok: true },
    { name: neighbour.name, ok: true },
    expect.objectContaining({ name: 'no-such-site-1', ok: false, message: 'There is no such site.' }),
  ]);
  const { text: sites } = await admin.ask('GET', '/api/admin/sites.csv');
  const row = sites.split('\r\n').find((line) => line.startsWith(`${site.name},`));
  expect(row).toContain(`,admin,"'=HYPERLINK(""http://evil.example"",""a, b"")",`);
  const { text: audit } = await admin.ask('GET', '/api/admin/audit.csv');
  expect(audit).toMatch(new RegExp(`admin@[^\r\n]*,admin,[^\r\n]*,site\\.hold,${neighbour.name},`));
  const { text: events } = await admin.ask('GET', '/api/admin/events.csv');
  expect(events).toContain(`,${site.name},held,over,"An admin stopped the site: =HYPERLINK(`);

  const released = await admin.ask('POST', '/api/admin/bulk', { names: names.slice(0, 2), action: 'release' });
  expect(released.body.outcomes.every(({ ok }: { ok: boolean }) => ok)).toBe(true);
  await expect.poll(() => status(site.address), { timeout: 30_000 }).toBe(200);
});

test('what an admin does over a site’s own routes is in the audit log too', async ({ site }) => {
  const restarted = await admin.ask('POST', `/api/sites/${site.name}/restart`);
  expect(restarted.status).toBe(202);
  const events = (await everythingOf(site)).site.events as { text: string }[];
  expect(events.map(({ text }) => text).join()).toContain('An admin restarted the site');
  expect((await admin.ask('GET', '/api/admin/audit.csv')).text).toContain(`,site.restart,${site.name},`);
  await expect.poll(() => status(site.address), { timeout: 30_000 }).toBe(200);
});

test('plans are listed, made, changed with a preview, and deleted when nobody has them', async () => {
  const { plans } = (await admin.ask('GET', '/api/admin/plans')).body as { plans: Record<string, unknown>[] };
  const { sites: _sites, users: _users, ...guest } = plans.find(({ name }) => name === 'guest') ?? {};
  const name = `e2e-${Date.now().toString(36)}`;
  expect((await admin.ask('POST', '/api/admin/plans', { ...guest, name })).status).toBe(201);
  const change = (preview: boolean) =>
    admin.ask('PATCH', `/api/admin/plans/${name}`, { change: { pidsMax: 64 }, preview });
  expect((await change(true)).body).toMatchObject({ preview: true, sites: 0, after: { pidsMax: 64 } });
  expect((await change(false)).body).toMatchObject({ preview: false, before: { pidsMax: 128 } });
  expect((await change(false)).body).toMatchObject({ before: { pidsMax: 64 } });
  expect((await admin.ask('DELETE', '/api/admin/plans/guest')).body.error.code).toBe('plan-in-use');
  expect((await admin.ask('DELETE', `/api/admin/plans/${name}`)).status).toBe(200);
});

test('/metrics opens to its token and to an admin, and every line is as Prometheus reads it', async ({ site }) => {
  const { metricsToken } = JSON.parse(await readFile(path.join(SETTINGS.dataDir, 'secrets.json'), 'utf8')) as Record<
    string,
    string
  >;
  const scrape = async () => {
    const told = await askAs({ authorization: `Bearer ${metricsToken}` }, 'GET', '/metrics');
    expect(told.status).toBe(200);
    expect(told.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    return parseExposition(told.text);
  };
  const of = async (name: string) =>
    (await scrape()).find(
      (sample) => sample.name === `lightkeeper_${name}` && (sample.labels.site ?? site.name) === site.name,
    )?.value;
  expect(await of('site_memory_limit_bytes')).toBe(256 * 2 ** 20);
  await expect.poll(() => of('site_memory_bytes'), { timeout: 15_000 }).toBeGreaterThan(2 ** 20);
  expect(await of('keeper_reading_age_seconds')).toBeLessThan(30);
  expect(await of('pool_bytes')).toBeGreaterThan(2 ** 30);
  expect((await admin.ask('GET', '/metrics')).status).toBe(200);
});

// biome-ignore lint/suspicious/noExplicitAny: the tests compare it as a whole.
async function everythingOf(site: Site): Promise<any> {
  const all = (await (await api(site, '')).json()) as { site: object };
  return { ...all, site: { ...all.site, usage: null, activeAt: null } };
}

const fill = (text: string, site: Site) => text.replaceAll('[name]', site.name).replaceAll('[id]', USER);
const fillBody = (body: unknown, site: Site) =>
  body === undefined ? undefined : (JSON.parse(fill(JSON.stringify(body), site)) as unknown);

/** Walks the routes below app/api/admin: "METHOD /place" of each exported handler. */
function findWays(): string[] {
  const root = path.resolve(import.meta.dirname, '../app/api/admin');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (file) => path.basename(file) === 'route.ts',
  );
  return files.flatMap((file) => {
    const source = readFileSync(path.join(root, file), 'utf8');
    const named = [...source.matchAll(/^export (?:const|async function|function) ([A-Z]+)\b/gm)].map(
      ([, method]) => method,
    );
    const listed = [...source.matchAll(/^export const \{ ([A-Z, ]+) \}/gm)].flatMap(([, list]) =>
      (list ?? '').split(', '),
    );
    return [...named, ...listed].map((method) => `${method} /${path.dirname(file)}`);
  });
}
