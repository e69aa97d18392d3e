// The variables of a site: set over the API and in the browser, seen by the app, its builds and a shell, and by nobody else.

import { randomUUID } from 'node:crypto';
import { expectAccessible } from './setup/axe.ts';
import { test as browserTest, launchByClick } from './setup/browser.ts';
import { query } from './setup/database.ts';
import { APP_URL, api, expect, get, type Site, ssh, test, watch } from './setup/fixtures.ts';
import { inspectContainer } from './setup/inspect.ts';
import { putToSleep } from './setup/sleep.ts';

const JSON_BODY = { 'content-type': 'application/json' };
const SECRET = 'a secret of mine, 42';
const HOSTILE = {
  TOKEN: SECRET,
  LINES: '-----BEGIN KEY-----\nMII$(id)=\n-----END KEY-----\n\n',
  QUOTES: `'"\`\\ $PATH ; exit 1 #`,
  EMPTY: '',
  BLANKS: '  \t ',
};

/** Answers its variables; ends at once while BROKEN is set. */
const APP = `import json, os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
if os.environ.get("BROKEN"):
    raise SystemExit("will not start: " + os.environ["BROKEN"])
class H(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(dict(os.environ)).encode())
ThreadingHTTPServer(("0.0.0.0", int(os.environ["PORT"])), H).serve_forever()
`;

interface View {
  revision: number;
  status: string;
  problem: { message: string } | null;
  variables: { name: string; value: string | null }[];
}

const seen = async (site: Site) => JSON.parse((await get(site.address)).body) as Record<string, string>;
const call = (site: Site, method: string, place = '', body?: unknown) =>
  api(site, `/environment${place}`, {
    method,
    headers: JSON_BODY,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const view = async (site: Site, place = '') => (await (await call(site, 'GET', place)).json()) as View;

async function set(site: Site, variables: Record<string, string | null>, status = 'in-force'): Promise<void> {
  const answer = await call(site, 'PATCH', '', { variables });
  expect(answer.status, await answer.clone().text()).toBe(202);
  await expect.poll(async () => (await view(site)).status, { timeout: 60_000 }).toBe(status);
}

async function pushApp(site: Site, workspace: { clone(site: Site): Promise<string> } & Pusher): Promise<string> {
  const clone = await workspace.clone(site);
  await workspace.commit(clone, { 'main.py': APP });
  expect(await workspace.push(clone)).toMatchObject({ code: 0 });
  return clone;
}
interface Pusher {
  commit(clone: string, files: Record<string, string>): Promise<void>;
  push(clone: string): Promise<{ code: number; stderr: string }>;
}

test('variables reach app and shell byte by byte, without a lost request, and survive all starts', async ({
  site,
  workspace,
}) => {
  await pushApp(site, workspace);
  const visitors = watch(site);
  await set(site, HOSTILE);
  expect(await seen(site)).toMatchObject(HOSTILE);
  await set(site, { EMPTY: null, MORE: '1' });
  expect(await seen(site)).toMatchObject({ TOKEN: SECRET, MORE: '1' });
  const { asked, failed } = await visitors.stop();
  expect(failed).toEqual([]);
  expect(asked).toBeGreaterThan(20);

  expect((await ssh(site, 'printf %s "$LINES"')).stdout).toBe(HOSTILE.LINES);
  expect((await ssh(site, 'stat -c %a /run/environment/*; grep -rlF "$TOKEN" /app; true')).stdout).toMatch(
    /^(700\n)+$/,
  );
  expect(await inspectContainer(site)).not.toContain(SECRET);

  await putToSleep(site, 'stopped');
  expect(await seen(site), 'after it woke').toMatchObject({ TOKEN: SECRET, LINES: HOSTILE.LINES });
  expect((await api(site, '/restart', { method: 'POST' })).status).toBe(202);
  await expect
    .poll(
      () =>
        seen(site).then(
          ({ TOKEN }) => TOKEN,
          () => '',
        ),
      { timeout: 30_000 },
    )
    .toBe(SECRET);
});

test('with variables that it does not start with the app goes on with those before, and undoing mends it', async ({
  site,
  workspace,
}) => {
  const clone = await pushApp(site, workspace);
  await set(site, { GREETING: 'hello' });
  await set(site, { GREETING: 'changed', BROKEN: 'so-broken' }, 'refused');
  expect((await seen(site)).GREETING).toBe('hello');
  expect((await view(site)).problem?.message).toContain('exit code 1');
  await workspace.commit(clone, { 'notes.txt': 'x' });
  const push = await workspace.push(clone);
  expect(push.code, 'a push has them too').not.toBe(0);
  expect(push.stderr).toContain('will not start: ••••••');
  expect(push.stderr).not.toContain('so-broken');

  expect((await call(site, 'POST', '/undo')).status).toBe(202);
  await expect.poll(async () => (await view(site)).status, { timeout: 30_000 }).toBe('in-force');
  expect((await seen(site)).BROKEN).toBeUndefined();
});

test('the API tells names, values when asked, and refuses what cannot be', async ({ site }) => {
  expect((await call(site, 'PUT', '', { variables: { A: 'one', __proto__x: '2' } })).status).toBe(202);
  expect((await view(site)).variables).toEqual([
    { name: 'A', value: null },
    { name: '__proto__x', value: null },
  ]);
  expect((await view(site, '?values=1')).variables[0]).toEqual({ name: 'A', value: 'one' });
  for (const variables of [
    { PORT: '1' },
    { PATH: '/x' },
    { LIGHTKEEPER_X: '1' },
    { '1A': '' },
    { 'A B': '' },
    { A: 'a\0b' },
    { A: 'x'.repeat(32_769) },
    { A: 1 },
    Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`V${index}`, ''])),
    Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`V${index}`, 'x'.repeat(32_000)])),
  ]) {
    const answer = await call(site, 'PUT', '', { variables });
    expect(answer.status, JSON.stringify(variables).slice(0, 60)).toBe(400);
    expect(JSON.stringify(await answer.json())).toContain('hint');
  }
  expect((await call(site, 'PUT', '', { nothing: 1 })).status).toBe(400);
  expect((await view(site)).revision).toBe(1);
  expect((await call(site, 'DELETE', '/A')).status).toBe(202);
  expect((await call(site, 'DELETE', '/A')).status, 'again').toBe(200);
  expect((await view(site)).variables.map(({ name }) => name)).toEqual(['__proto__x']);
});

test('to strangers there is nothing, and who may only look is told so', async ({ site, neighbour, browser }) => {
  const places: [string, string][] = [
    ['GET', '/environment'],
    ['PUT', '/environment'],
    ['PATCH', '/environment'],
    ['DELETE', '/environment/A'],
    ['POST', '/environment/undo'],
    ['POST', '/environment/apply'],
  ];
  const body = JSON.stringify({ variables: {} });
  for (const [method, place] of places) {
    for (const authorization of [`Bearer ${neighbour.token}`, '']) {
      const headers = { ...JSON_BODY, ...(authorization ? { authorization } : {}) };
      const answer = await fetch(`${APP_URL}/api/sites/${site.name}${place}`, {
        ...{ method, headers },
        ...(method === 'GET' ? {} : { body }),
      });
      expect(answer.status, `${method} ${place}`).toBe(404);
      expect(await answer.json()).toMatchObject({ error: { code: 'not-found' } });
    }
  }
  const context = await browser.newContext();
  const page = await context.newPage();
  await launchByClick(page);
  const own = new URL(page.url()).pathname.split('/').at(-1);
  await query(
    `insert into "Member" ("siteId", "userId", role)
     select s.id, o."ownerId", 'viewer' from "Site" s, "Site" o where s.name = $1 and o.name = $2`,
    [site.name, own],
  );
  for (const [method, place] of places) {
    const data = method === 'GET' ? {} : { data: { variables: {} } };
    const headers = { origin: APP_URL };
    const answer = await context.request.fetch(`${APP_URL}/api/sites/${site.name}${place}`, {
      method,
      headers,
      ...data,
    });
    expect(answer.status(), `${method} ${place} as a viewer`).toBe(403);
  }
  expect((await page.goto(`/sites/${site.name}/environment`))?.status()).toBe(404);
  await page.goto(`/sites/${site.name}`);
  await expect(page.getByTestId('site-state')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Environment' })).toHaveCount(0);
  await context.request.delete(`${APP_URL}/api/sites/${own}`, { headers: { origin: APP_URL } });
  await context.close();
});

browserTest('a variable is set, shown, pasted, refused and undone on the page', async ({ page, workspace }) => {
  const site = await launchByClick(page);
  await pushApp(site, workspace);
  await page.getByRole('link', { name: 'Environment' }).click();
  await expect(page.getByTestId('environment-empty')).toBeVisible();
  await expectAccessible(page, 'the empty page');

  await page.getByLabel('Name').fill('PORT');
  await page.getByRole('button', { name: 'Add' }).click();
  await expect(page.getByTestId('variable-fault')).toContainText('PORT is set by Lightkeeper');
  const name = `GREETING_${randomUUID().slice(0, 4)}`;
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Value', { exact: true }).fill('from the page');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByText('Paste a .env file').click();
  await page.getByLabel('Text of the .env file').fill('# mine\nexport KEY="one\\ntwo"\nPORT=80\nDEBUG=false # off\n');
  await page.getByRole('button', { name: 'Read it' }).click();
  await expect(page.getByTestId('env-file-left')).toContainText('Line 3');
  await expect(page.getByTestId('environment-changes')).toHaveText('3 added');
  await page.getByRole('button', { name: 'Save and restart' }).click();
  const state = page.getByTestId('environment-state');
  await expect(state).toHaveAttribute('data-status', 'in-force', { timeout: 60_000 });
  expect(await seen(site)).toMatchObject({ [name]: 'from the page', KEY: 'one\ntwo', DEBUG: 'false' });

  const row = page.getByTestId(`variable-${name}`);
  await expect(row).not.toContainText('from the page');
  await row.getByRole('button', { name: /^Show/ }).click();
  await expect(row).toContainText('from the page');
  await expectAccessible(page, 'the page with variables');

  await page.getByLabel('Name').fill('BROKEN');
  await page.getByLabel('Value', { exact: true }).fill('yes it is');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByTestId('variable-DEBUG').getByRole('button', { name: 'Remove DEBUG' }).click();
  await expect(page.getByTestId('environment-changes')).toHaveText('1 added, 1 removed');
  await page.getByRole('button', { name: 'Save and restart' }).click();
  await expect(page.getByTestId('environment-refused')).toBeVisible({ timeout: 60_000 });
  expect((await seen(site)).DEBUG, 'the old ones serve').toBe('false');
  await expectAccessible(page, 'a refused change');
  await page.getByTestId('environment-undo').click();
  await expect(state).toHaveAttribute('data-status', 'in-force', { timeout: 60_000 });
  await expect(page.getByTestId('variable-DEBUG')).toBeVisible();
  await expect(page.getByTestId('variable-BROKEN')).toHaveCount(0);
});

test('variables that are younger than a checkpoint are in force after its restore, too', async ({
  site,
  workspace,
}) => {
  const soon = { timeout: 40_000, intervals: [100] };
  await pushApp(site, workspace);
  const post = (place: string) => api(site, place, { method: 'POST', headers: JSON_BODY, body: '{}' });
  expect((await post('/checkpoints')).status).toBe(202);
  const manual = async () => {
    const { checkpoints } = (await (await api(site, '/checkpoints')).json()) as {
      checkpoints: { id: string; cause: string; status: string }[];
    };
    return checkpoints.find(({ cause, status }) => cause === 'manual' && status === 'ready')?.id;
  };
  await expect.poll(manual, soon).toBeTruthy();
  await set(site, { YOUNGER: 'than the checkpoint' });
  expect(await seen(site)).toMatchObject({ YOUNGER: 'than the checkpoint' });

  expect((await post(`/checkpoints/${await manual()}/restore`)).status).toBe(202);
  const restoring = async () =>
    ((await (await api(site, '')).json()) as { site: { restoring: boolean } }).site.restoring;
  await expect.poll(restoring, soon).toBe(false);
  await expect.poll(() => seen(site).catch(() => ({})), soon).toMatchObject({ YOUNGER: 'than the checkpoint' });
});

test('a job that takes longer than a process may be silent is done once', async ({ site, workspace }) => {
  const clone = await pushApp(site, workspace);
  await workspace.commit(clone, { Procfile: 'web: sleep $(printenv SLOW || echo 0); exec python3 main.py\n' });
  expect(await workspace.push(clone)).toMatchObject({ code: 0 });
  expect((await call(site, 'PATCH', '', { variables: { SLOW: '14' } })).status).toBe(202);
  const lookups: string[] = [];
  const isDone = async () => {
    // Whoever looks for jobs of the dead looks now.
    await query(`select pg_notify('lightkeeper_network', '')`);
    const [job] = await query<{ locked_by: string | null; attempts: number }>(
      `select j.locked_by, j.attempts from graphile_worker.jobs j join "Site" s on j.key = 'environment:' || s.id where s.name = $1`,
      [site.name],
    );
    if (job) lookups.push(`${job.locked_by} ${job.attempts}`);
    return (await view(site)).status;
  };
  await expect.poll(isDone, { timeout: 60_000, intervals: [500] }).toBe('in-force');
  expect(lookups.length).toBeGreaterThan(10);
  expect([...new Set(lookups)].filter((one) => one !== 'null 0')).toHaveLength(1);
});
