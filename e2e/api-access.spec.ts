// Every route about a site, found by its file: what strangers, bearers of foreign tokens and viewers are told there. A new
// route is covered without a line here.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Account, giveToken, makeAccount, own, removeAccounts, share } from './setup/accounts.ts';
import { askAs } from './setup/admin-api.ts';
import { APP_URL, expect, launch, remove, type Site, test } from './setup/fixtures.ts';

const ROOT = path.resolve(import.meta.dirname, '../app/api/sites/[name]');
const ID = '01900000-0000-7000-8000-000000000000';
const READS = new Set(['GET', 'HEAD']);
const BODIES = [undefined, {}, { wrong: true }];

let site: Site;
let foreign: Site;
let owner: Account;
let stranger: Account;
let viewer: Account;

test.beforeAll(async () => {
  [site, foreign] = [await launch(), await launch()];
  [owner, stranger, viewer] = [await makeAccount('olga'), await makeAccount('sam'), await makeAccount('vera')];
  await own(site, owner);
  await own(foreign, stranger);
  await share(site, viewer, 'viewer');
});

test.afterAll(async () => {
  await remove(site);
  await remove(foreign);
  await removeAccounts(owner, stranger, viewer);
});

test('the walk finds the routes', () => {
  const ways = findWays();
  expect(ways).toContain('GET /');
  expect(ways).toContain('DELETE /members');
  expect(ways.length).toBeGreaterThan(12);
});

test('without credentials, with a foreign site’s token, as a foreign user or with his token there is no site', async () => {
  const callers: Record<string, Record<string, string>> = {
    nobody: {},
    'a wrong token': { authorization: 'Bearer lk_wrong' },
    'a foreign site’s token': { authorization: `Bearer ${foreign.token}` },
    'a foreign user': { cookie: stranger.cookie },
    'a foreign user’s token': { authorization: `Bearer ${await giveToken(stranger, 'full')}` },
    'an expired token of the owner': {
      authorization: `Bearer ${await giveToken(owner, 'full', { expired: true })}`,
    },
  };
  await eachWay(async (way, method, place) => {
    for (const [caller, headers] of Object.entries(callers)) {
      for (const body of READS.has(method) ? [undefined] : BODIES) {
        const told = await askAs(headers, method, place, body);
        expect({ way, caller, body, status: told.status, code: told.body?.error?.code }).toEqual({
          ...{ way, caller, body },
          status: 404,
          code: 'not-found',
        });
      }
    }
  });
});

test('a viewer, and whoever has a token for reading, changes nothing at any route', async () => {
  const callers: Record<string, Record<string, string>> = {
    'a viewer': { cookie: viewer.cookie },
    'a viewer’s full token': { authorization: `Bearer ${await giveToken(viewer, 'full')}` },
    'the owner’s token for reading': { authorization: `Bearer ${await giveToken(owner, 'read')}` },
  };
  await eachWay(async (way, method, place) => {
    if (READS.has(method)) return;
    for (const [caller, headers] of Object.entries(callers)) {
      for (const body of BODIES) {
        const told = await askAs(headers, method, place, body);
        expect({ way, caller, body, status: told.status, code: told.body?.error?.code }).toEqual({
          ...{ way, caller, body },
          status: 403,
          code: 'not-allowed',
        });
      }
    }
  });
  const still = await askAs({ cookie: owner.cookie }, 'GET', `/api/sites/${site.name}`);
  expect(still.body).toMatchObject({ name: site.name, token: site.token });
});

test('an answer to a viewer holds no secret of the site, wherever it is read', async () => {
  const headers = { cookie: viewer.cookie };
  const secrets = [site.token, site.ssh.password];
  await eachWay(async (way, method, place) => {
    if (method !== 'GET') return;
    const ending = AbortSignal.timeout(4_000);
    const response = await fetch(`${APP_URL}${place}`, { headers, signal: ending });
    const text = await readSome(response);
    for (const secret of secrets) expect(text.includes(secret), `${way} tells a secret`).toBe(false);
  });
});

/** The whole body, or of a stream what comes within a second and a half. */
async function readSome(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return '';
  const decoder = new TextDecoder();
  let text = '';
  const deadline = Date.now() + 1_500;
  while (Date.now() < deadline) {
    const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), Math.max(deadline - Date.now(), 1)));
    const piece = await Promise.race([reader.read(), late]);
    if (!piece || piece.done) break;
    text += decoder.decode(piece.value, { stream: true });
  }
  await reader.cancel().catch(() => {}); // the stream may have ended meanwhile
  return text;
}

async function eachWay(work: (way: string, method: string, place: string) => Promise<void>): Promise<void> {
  for (const way of findWays()) {
    const [method = '', place = ''] = way.split(' ');
    const filled = place
      .replace(/\[\[?\.\.\.\w+\]\]?/g, 'a/b')
      .replaceAll('[number]', '1')
      .replace(/\[\w+\]/g, ID);
    await work(way, method, `/api/sites/${site.name}${filled === '/' ? '' : filled}`);
  }
}

/** "METHOD /place" of each handler that is exported below app/api/sites/[name]. */
function findWays(): string[] {
  const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter(
    (file) => path.basename(file) === 'route.ts',
  );
  return files.flatMap((file) => {
    const source = readFileSync(path.join(ROOT, file), 'utf8');
    const named = [...source.matchAll(/^export (?:const|async function|function) ([A-Z]+)\b/gm)].map(
      ([, method]) => method,
    );
    const listed = [...source.matchAll(/^export (?:const )?\{ ([A-Z, ]+) \}/gm)].flatMap(([, list]) =>
      (list ?? '').split(', '),
    );
    const place = path.dirname(file) === '.' ? '' : path.dirname(file);
    return [...named, ...listed].map((method) => `${method} /${place}`);
  });
}
