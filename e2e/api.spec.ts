// The button as an API: what a script can do, and what nobody can who is not the owner.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  APP_URL,
  api,
  expect,
  get,
  launch,
  remove,
  requestLaunch,
  type Site,
  ssh,
  status,
  test,
} from './setup/fixtures.ts';
import { SETTINGS } from './setup/host-state.ts';
import { findLeftovers, tracesOf } from './setup/leftovers.ts';
import { run } from './setup/programs.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test('a script launches, reads and deletes a site with nothing but curl', async () => {
  const curl = async (...args: string[]) => {
    const { stdout } = await run('curl', ['-sS', '-w', '\n%{http_code}', ...args]);
    const end = stdout.lastIndexOf('\n');
    return { status: Number(stdout.slice(end + 1)), body: JSON.parse(stdout.slice(0, end)) };
  };
  const launched = await curl('-X', 'POST', `${APP_URL}/api/sites`);
  const site = launched.body as Site & { expiresAt: string; created: boolean };
  expect(launched.status).toBe(201);
  expect(site).toMatchObject({
    created: true,
    address: `http://${site.name}.localhost:${new URL(APP_URL).port}`,
    git: {
      http: `${APP_URL}/${site.name}.git`,
      httpWithToken: `http://${site.name}:${site.token}@localhost:${new URL(APP_URL).port}/${site.name}.git`,
      ssh: `ssh://${site.name}@localhost:${SETTINGS.sshGatewayPort}/${site.name}.git`,
    },
    ssh: { host: 'localhost', user: 'root', command: `ssh -p ${site.ssh.port} root@localhost` },
  });
  expect(site.ssh.password.length).toBeGreaterThanOrEqual(16);
  expect(Date.parse(site.expiresAt)).toBeGreaterThan(Date.now() + 23 * 3_600_000);
  for (const limit of [site.limits.diskBytes, site.limits.memoryBytes, site.limits.pids])
    expect(limit).toBeGreaterThan(0);

  const place = `${APP_URL}/api/sites/${site.name}`;
  await untilLive(site);
  for (const credentials of [
    ['-H', `authorization: Bearer ${site.token}`],
    ['-u', `any:${site.token}`],
  ]) {
    const { status: code, body } = await curl(...credentials, place);
    expect(code).toBe(200);
    expect(body.site).toMatchObject({
      state: 'live',
      liveDeployment: 1,
      deployments: [{ number: 1, status: 'succeeded' }],
    });
  }
  expect((await curl('-X', 'DELETE', '-u', `any:${site.token}`, place)).status).toBe(202);
});

test('the session of a launch sees its site, and the same Idempotency-Key is the same launch', async () => {
  const headers = { ...JSON_TYPE, 'idempotency-key': `e2e-${crypto.randomUUID()}` };
  const answers = await Promise.all(
    [1, 2, 3].map(() => fetch(`${APP_URL}/api/sites`, { method: 'POST', headers, body: '{}' })),
  );
  const sites = (await Promise.all(answers.map((answer) => answer.json()))) as (Site & { created: boolean })[];
  const [site] = sites;
  if (!site) throw new Error('no answer');
  try {
    expect(new Set(sites.map(({ name }) => name)).size).toBe(1);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 200, 201]);
    const cookie = sessionOf(answers[0]);
    const listed = await fetch(`${APP_URL}/api/sites`, { headers: { cookie } });
    expect(await listed.json()).toMatchObject({ sites: [{ name: site.name }] });
    const read = await fetch(`${APP_URL}/api/sites/${site.name}`, { headers: { cookie } });
    expect(await read.json()).toMatchObject({ name: site.name, token: site.token });
  } finally {
    await remove(site);
  }
});

test('two tabs of one browser that launch at the same moment, each with a key of its own, get one site', async () => {
  const cookie = (await fetch(APP_URL)).headers.get('set-cookie')?.split(';')[0] ?? '';
  expect(cookie).toContain('.launch=');
  const click = async () => {
    const headers = { ...JSON_TYPE, cookie, 'idempotency-key': crypto.randomUUID() };
    const answer = await fetch(`${APP_URL}/api/sites`, { method: 'POST', headers, body: '{}' });
    return (await answer.json()) as Site;
  };
  const [one, two] = await Promise.all([click(), click()]);
  await remove(one);
  expect(two.name).toBe(one.name);
});

const NO_ID = '01900000-0000-7000-8000-000000000000';

/** Every way into a site, with a body that would be accepted of its owner. A route without a row fails the test below. */
const WAYS: Record<string, { body?: unknown }> = {
  'GET ': {},
  'DELETE ': {},
  'GET /commits': {},
  'GET /files': {},
  'GET /events': {},
  'GET /events.json': {},
  'GET /deployments': {},
  'GET /deployments/1': {},
  'GET /metrics': {},
  'GET /domains': {},
  'POST /domains': { body: { name: 'shop.example.org' } },
  'DELETE /domains/shop.example.org': {},
  'POST /domains/shop.example.org/look': {},
  'POST /keys': { body: { key: `ssh-ed25519 ${'A'.repeat(68)} someone` } },
  'DELETE /keys': { body: { id: NO_ID } },
  'POST /rollback': { body: {} },
  'POST /redeploy': { body: {} },
  'POST /rename': { body: { name: 'another-name-000' } },
  'POST /credentials': { body: { password: true, token: true } },
  'POST /transfer': { body: { email: 'somebody@example.org' } },
  'POST /undelete': {},
  'POST /restart': {},
  'POST /start': {},
  'POST /sleep': { body: { rest: 'stopped' } },
  'POST /wake': {},
  'GET /raw': {},
  'GET /logs': {},
  'GET /logs/stream': {},
  'POST /commits': {
    body: { parent: 'a'.repeat(40), message: 'Change', changes: [{ path: 'main.py', content: 'print(1)' }] },
  },
  'GET /environment': {},
  'PUT /environment': { body: { variables: {} } },
  'PATCH /environment': { body: { variables: { GREETING: 'x' } } },
  'DELETE /environment/GREETING': {},
  'POST /environment/apply': {},
  'POST /environment/undo': {},
  'GET /checkpoints': {},
  'POST /checkpoints': { body: {} },
  [`DELETE /checkpoints/${NO_ID}`]: {},
  [`POST /checkpoints/${NO_ID}/restore`]: { body: {} },
  'POST /clone': { body: {} },
  'GET /members': {},
  'POST /members': { body: { email: 'somebody@example.org', role: 'viewer' } },
  'PATCH /members': { body: { userId: NO_ID, role: 'viewer' } },
  'DELETE /members': { body: { userId: NO_ID } },
  'DELETE /invitations': { body: { id: NO_ID } },
  'GET /upstream': {},
  'PUT /upstream': { body: { url: 'https://example.org/app.git' } },
  'DELETE /upstream': {},
  'POST /upstream/fetch': {},
};

test('every route below a site has a row in the table of who may not', () => {
  expect(Object.keys(WAYS).sort()).toEqual(findWays().sort());
});

test('a stranger, a foreign token and a foreign session get the answer for a site that does not exist, on every route', async ({
  site,
}) => {
  const foreign = await fetch(`${APP_URL}/api/sites`, { method: 'POST' });
  const other = (await foreign.json()) as Site;
  const callers: Record<string, Record<string, string>> = {
    stranger: {},
    'foreign token': bearer(other.token),
    'foreign session': { cookie: sessionOf(foreign) },
    'changed token': bearer(`${site.token.slice(0, -1)}${site.token.endsWith('A') ? 'B' : 'A'}`),
  };
  const before = await everythingOf(site);
  try {
    for (const [way, { body }] of Object.entries(WAYS)) {
      const [method = '', place = ''] = way.split(' ');
      const ask = (name: string, headers: Record<string, string>) =>
        fetch(`${APP_URL}/api/sites/${name}${place}`, {
          method,
          headers: { ...JSON_TYPE, ...headers },
          ...(body ? { body: JSON.stringify(body) } : {}),
        }).then(readAnswer);
      const absent = await ask('no-such-site-000', {});
      expect(absent).toMatchObject({ status: 404, body: { error: { code: 'not-found' } } });
      for (const [caller, headers] of Object.entries(callers)) {
        expect(await ask(site.name, headers), `${caller}: ${way}`).toEqual(absent);
      }
    }
    for (const [caller, headers] of Object.entries(callers)) {
      const page = await fetch(`${APP_URL}/sites/${site.name}`, { headers });
      expect(page.status, caller).toBe(404);
      expect(await page.text(), caller).not.toContain(site.ssh.password);
    }
    expect(await everythingOf(site)).toEqual(before);
  } finally {
    await remove(other);
  }
});

test("another page's request with a visitor's cookies is refused, and nothing is done", async ({ neighbour }) => {
  const launched = await fetch(`${APP_URL}/api/sites`, { method: 'POST' });
  const site = (await launched.json()) as Site;
  const cookie = sessionOf(launched);
  await untilLive(site);
  const writes = [
    ['DELETE', `/${site.name}`],
    ['POST', `/${site.name}/rollback`],
    ['POST', `/${site.name}/redeploy`],
    ['POST', `/${site.name}/rename`],
    ['POST', `/${site.name}/credentials`],
    ['POST', `/${site.name}/restart`],
    ['POST', `/${site.name}/sleep`],
    ['POST', ''],
  ];
  const origins: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: neighbour.address },
    { origin: site.address },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'cross-site' },
  ];
  try {
    for (const origin of origins) {
      for (const [method = '', place = ''] of writes) {
        const headers = { cookie, 'content-type': 'text/plain', ...origin };
        const answer = await fetch(`${APP_URL}/api/sites${place}`, { method, headers, body: '{}' });
        expect(answer.status, `${method} ${place} ${JSON.stringify(origin)}`).toBe(403);
        expect(await answer.json()).toMatchObject({ error: { code: 'foreign-origin' } });
      }
    }
    expect(await (await api(site, '')).json()).toMatchObject({ state: 'live', site: { liveDeployment: 1 } });
  } finally {
    await remove(site);
  }
});

test('a body that is malformed, too large or of the wrong type is refused with a code, a sentence and a hint', async ({
  site,
}) => {
  const wrong: [string, string, string | Buffer][] = [
    ['POST', '', '{"name":'],
    ['POST', '', '[]'],
    ['POST', '', '"launch"'],
    ['POST', '', '{"name":42}'],
    ['POST', '', '{"name":{"toString":"x"}}'],
    ['POST', '', `{"name":"${'a'.repeat(100 * 1024)}"}`],
    ['POST', '', Buffer.from([0xff, 0xfe, 0x00, 0x7b])],
    ['POST', '', '['.repeat(60_000)],
    ['POST', `/${site.name}/keys`, '{}'],
    ['POST', `/${site.name}/keys`, '{"key":["ssh-ed25519"]}'],
    ['DELETE', `/${site.name}/keys`, '{"id":"1 or 1=1"}'],
    ['POST', `/${site.name}/rename`, '{"name":7}'],
    ['POST', `/${site.name}/rename`, '{"name":"../admin"}'],
    ['POST', `/${site.name}/credentials`, '{}'],
    ['POST', `/${site.name}/credentials`, '{"token":"mine"}'],
    ['POST', `/${site.name}/redeploy`, '{"number":"1"}'],
    ['DELETE', `/${site.name}`, '{"now":"yes"}'],
    ['POST', `/${site.name}/rollback`, '{"number":-1}'],
    ['POST', `/${site.name}/rollback`, '{"number":"1; drop table"}'],
    ['POST', `/${site.name}/rollback`, '{"number":1e300}'],
  ];
  for (const [method, place, body] of wrong) {
    const response = await fetch(`${APP_URL}/api/sites${place}`, {
      method,
      headers: { ...JSON_TYPE, ...bearer(site.token) },
      body: typeof body === 'string' ? body : new Uint8Array(body),
    });
    const what = `${method} ${place} ${String(body).slice(0, 40)}`;
    const text = await response.text();
    expect(response.status, `${what}: ${text.slice(0, 200)}`).toBe(400);
    const { error } = JSON.parse(text) as { error: Record<string, string> };
    expect(error.code, what).toMatch(/^bad-/);
    for (const words of [error.message, error.hint]) expect(words, what).toMatch(/^.{8,200}[.]$/s);
  }
});

test('DELETE removes everything the site had: address, git, SSH, and all of it on the host', async () => {
  const site = await launch();
  const traces = await tracesOf(site);
  const everything = [
    ...['container', 'mount', 'mount point', 'disk', 'route', 'route in the file', 'cgroup', 'ssh port'],
    ...['row of Deployment', 'row of Site', 'row of Usage'],
  ];
  await expect.poll(async () => (await findLeftovers(site, traces)).sort()).toEqual(everything.sort());
  expect((await ssh(site, 'sleep 300 >/dev/null 2>&1 </dev/null & echo started')).stdout).toBe('started\n');

  expect((await api(site, '', { method: 'DELETE' })).status).toBe(202);
  const place = `${APP_URL}/api/sites/${site.name}`;
  await expect.poll(() => findLeftovers(site, traces), { timeout: 45_000 }).toEqual([]);
  expect(await get(site.address)).toMatchObject({ status: 404, body: expect.stringContaining('No site here.') });
  expect((await fetch(place, { headers: bearer(site.token) })).status).toBe(404);
  expect((await run('git', ['ls-remote', site.git.httpWithToken])).code).toBe(128);
  expect((await ssh(site, 'id -u')).code).toBe(255);
});

test('the event stream passes the proxy unbuffered: a snapshot, the log, and the usage as it is read', async ({
  site,
}) => {
  const stop = new AbortController();
  const response = await api(site, '/events', { signal: stop.signal });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(response.headers.get('cache-control')).toContain('no-transform');
  expect(response.headers.get('content-encoding')).toBeNull();
  const seen: string[] = [];
  const deadline = setTimeout(() => stop.abort(), 15_000);
  try {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      seen.push(...[...chunk.matchAll(/^event: (\w+)$/gm)].map(([, event = '']) => event));
      if (seen.filter((event) => event === 'usage').length >= 2) break;
    }
  } finally {
    clearTimeout(deadline);
    stop.abort();
  }
  expect(seen.slice(0, 2)).toEqual(['site', 'log']);
  expect(seen.filter((event) => event === 'usage').length).toBeGreaterThanOrEqual(2);
});

test('an open stream ends when its site is deleted', async () => {
  const site = await requestLaunch();
  await expect.poll(() => status(site.address), { timeout: 60_000 }).toBe(200);
  const response = await api(site, '/events', { signal: AbortSignal.timeout(30_000) });
  await remove(site);
  expect(await response.text()).toContain('event: gone');
});

/** With no site ready, a launch is answered before its site is made. */
async function untilLive(site: Site): Promise<void> {
  const state = async () => ((await (await api(site, '')).json()) as { state: string }).state;
  await expect.poll(state, { timeout: 60_000 }).toBe('live');
}

function sessionOf(response: Response | undefined): string {
  return response?.headers.get('set-cookie')?.split(';')[0] ?? '';
}

async function everythingOf(site: Site) {
  const { site: all } = (await (await api(site, '')).json()) as { site: Record<string, unknown> };
  // What the keeper writes by itself.
  return { ...all, usage: null, activeAt: null };
}

async function readAnswer(response: Response) {
  // The time, and what is left of how often this caller may ask.
  const { date: _date, ratelimit: _left, ...headers } = Object.fromEntries(response.headers);
  return { status: response.status, headers, body: await response.json() };
}

/** Walks the routes below app/api/sites/[name]: "METHOD /place" of each exported handler. */
function findWays(): string[] {
  const root = path.resolve(import.meta.dirname, '../app/api/sites/[name]');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (file) => path.basename(file) === 'route.ts',
  );
  return files.flatMap((file) => {
    const dir = path.dirname(file);
    const place =
      dir === '.'
        ? ''
        : `/${dir.replace('[number]', '1').replace('[id]', NO_ID).replace('[variable]', 'GREETING').replace('[domain]', 'shop.example.org')}`;
    const source = readFileSync(path.join(root, file), 'utf8');
    return [...source.matchAll(/^export (?:const|async function|function) ([A-Z]+)\b/gm)].map(
      ([, method]) => `${method} ${place}`,
    );
  });
}
