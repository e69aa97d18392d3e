// A site that nobody visits sleeps, and whoever comes gets it awake: a visitor, many at once, SSH, a push.

import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { launchByClick } from './setup/browser.ts';
import { query } from './setup/database.ts';
import { api, expect, get, remove, type Site, ssh, test, watch } from './setup/fixtures.ts';
import { containerOf, countStarts, SETTINGS } from './setup/host-state.ts';
import { must } from './setup/programs.ts';
import { engineState, eventsOf, idleUntil, putToSleep, requestSleep, restOf } from './setup/sleep.ts';
import { hold, sshWords } from './setup/ssh.ts';

test('a site without visitors is frozen, then stopped, and its next visitor gets its own page each time', async ({
  site,
  neighbour,
}) => {
  const own = (await get(site.address)).body;
  await idleUntil(site, 31, 'paused');
  expect(await restOf(site)).toBe('frozen');
  expect((await get(neighbour.address)).status).toBe(200);
  expect(await engineState(neighbour)).toBe('running');

  expect(await get(site.address)).toEqual({ status: 200, body: own });
  await expect.poll(() => restOf(site)).toBe('awake');

  await idleUntil(site, 241, 'exited');
  expect(await restOf(site)).toBe('stopped');
  expect(await get(site.address)).toEqual({ status: 200, body: own });
  await expect.poll(() => restOf(site)).toBe('awake');
  expect(await eventsOf(site)).not.toContain('did-not-wake');
});

test('the owner puts a site to sleep on its page, and a browser that comes gets the page of the site itself', async ({
  context,
  page,
}) => {
  const site = await launchByClick(page);
  const sleep = page.getByTestId('sleep');
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByTestId('change-rest').click();
  await expect(sleep).toHaveAttribute('data-rest', 'frozen');
  await expect.poll(() => engineState(site)).toBe('paused');
  await expect(sleep).toContainText('The next visit, SSH session or push wakes it.');

  const visitor = await context.newPage();
  const answer = await visitor.goto(site.address);
  expect(answer?.status()).toBe(200);
  expect(visitor.url()).toBe(`${site.address}/`);
  await expect(sleep).toHaveAttribute('data-rest', 'awake');

  await putToSleep(site, 'stopped');
  await expect(sleep).toHaveAttribute('data-rest', 'stopped');
  await page.getByTestId('change-rest').click();
  await expect(sleep).toHaveAttribute('data-rest', 'awake');
  expect(await engineState(site)).toBe('running');
  await remove(site);
});

for (const rest of ['frozen', 'stopped'] as const) {
  test(`fifty first requests at once to a ${rest} site are all answered, and wake it once`, async ({
    site,
    neighbour,
  }) => {
    const container = await containerOf(site);
    const others = watch(neighbour);
    await putToSleep(site, rest);
    const starts = await countStarts(container, 120);
    const answers = await Promise.all(Array.from({ length: 50 }, () => get(site.address)));
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect((await countStarts(container, 120)) - starts).toBe(rest === 'stopped' ? 1 : 0);
    expect((await others.stop()).failed).toEqual([]);
  });
}

test('a body arrives whole, an open stream or upgrade keeps the site awake, and its end lets it sleep', async ({
  site,
  workspace,
}) => {
  const clone = await workspace.clone(site);
  await workspace.use(clone, 'echo');
  expect((await workspace.push(clone)).code).toBe(0);
  await putToSleep(site, 'frozen');
  const body = randomBytes(3_000_000);
  const digest = createHash('sha256').update(body).digest('hex');
  expect(await post(site, body)).toBe(`${body.length} ${digest}\n`);
  await putToSleep(site, 'stopped');
  expect(await post(site, body)).toBe(`${body.length} ${digest}\n`);

  const stream = await openStream(site);
  await expectStaysAwake(site);
  stream.destroy();

  await putToSleep(site, 'stopped');
  const socket = await upgrade(site);
  await expectStaysAwake(site);
  socket.write('still there?\n');
  expect(String((await once(socket, 'data'))[0])).toBe('still there?\n');
  socket.destroy();
  await putToSleep(site, 'frozen');
});

test('an SSH session wakes the site, and it does not sleep while one is open', async ({ site }) => {
  await putToSleep(site, 'frozen');
  expect((await ssh(site, 'echo awake')).stdout).toBe('awake\n');
  await putToSleep(site, 'stopped');
  expect((await ssh(site, 'echo awake')).stdout).toBe('awake\n');
  await expect.poll(() => restOf(site)).toBe('awake');

  const session = hold(sshWords(site, 'password', [], ['read line; echo "$line"']));
  await expect.poll(() => readdir(SETTINGS.paths.sshSessions)).toHaveLength(1);
  await expectStaysAwake(site);
  session.type('and on\n');
  expect(await session.ended).toBe(0);
  expect(session.text()).toBe('and on\n');
  await putToSleep(site, 'frozen');
});

test('a push and a rollback wake the site that they change', async ({ site, workspace }) => {
  const before = (await get(site.address)).body;
  const clone = await workspace.clone(site);
  await workspace.use(clone, 'wsgi');
  await putToSleep(site, 'stopped');
  expect((await workspace.push(clone)).code).toBe(0);
  expect((await get(site.address)).body).toContain('wsgi on');
  await putToSleep(site, 'frozen');
  expect((await api(site, '/rollback', { method: 'POST', body: '{}' })).status).toBe(202);
  await expect.poll(async () => (await get(site.address)).body).toBe(before);
});

test('who waits while the worker that wakes is killed is answered all the same', async ({ site }) => {
  await putToSleep(site, 'stopped');
  const answers = Array.from({ length: 20 }, () => get(site.address));
  await must('s6-svc', ['-k', path.join(SETTINGS.dataDir, 'service/deploy')]);
  expect((await Promise.all(answers)).filter(({ status }) => status !== 200)).toEqual([]);
  await expect.poll(() => restOf(site)).toBe('awake');
});

test('a proxy that is killed while the site sleeps still wakes it', async ({ site }) => {
  await putToSleep(site, 'frozen');
  await must('s6-svc', ['-k', path.join(SETTINGS.dataDir, 'service/haproxy')]);
  await expect.poll(async () => (await get(site.address).catch(() => null))?.status, { timeout: 20_000 }).toBe(200);
});

test('a site that cannot wake says so, with a way to its page, and harms nobody', async ({ site, neighbour }) => {
  expect((await ssh(site, 'mv /usr/bin/s6-svscan /root/')).code).toBe(0);
  await putToSleep(site, 'stopped');
  const answer = await get(site.address);
  expect(answer.status).toBe(503);
  expect(answer.body).toContain('Still asleep.');
  expect(answer.body).toContain(`${SETTINGS.appUrl}/sites/${site.name}"`);
  expect(await eventsOf(site)).toContain('did-not-wake');
  const refused = await ssh(site, 'true');
  expect(refused.stderr).toContain('did not wake');
  // A crowd does not make it start again and again.
  const crowd = await Promise.all(Array.from({ length: 20 }, () => get(site.address)));
  expect(new Set(crowd.map(({ status }) => status))).toEqual(new Set([503]));
  expect((await eventsOf(site)).filter((kind) => kind === 'did-not-wake')).toHaveLength(1);
  expect((await get(neighbour.address)).status).toBe(200);
});

test('of memory a frozen site counts with what it uses, a stopped one with nothing', async ({ site }) => {
  const sql = 'select u."memoryBytes" from "Usage" u join "Site" s on s.id = u."siteId" where s.name = $1';
  const used = async () => Number((await query<{ memoryBytes: string }>(sql, [site.name]))[0]?.memoryBytes ?? -1);
  await putToSleep(site, 'frozen');
  await expect.poll(used, { timeout: 20_000 }).toBeGreaterThan(1 << 20);
  await putToSleep(site, 'stopped');
  await expect.poll(used, { timeout: 20_000 }).toBe(0);
});

test('a site that is deleted in its sleep is gone', async ({ site }) => {
  await putToSleep(site, 'frozen');
  expect((await api(site, '', { method: 'DELETE' })).status).toBeLessThan(300);
  await expect.poll(async () => (await get(site.address)).status, { timeout: 20_000 }).toBe(404);
});

async function expectStaysAwake(site: Site): Promise<void> {
  expect((await requestSleep(site, 'frozen')).status).toBe(202);
  await expect.poll(() => eventsOf(site)).toContain('stays-awake');
  expect(await restOf(site)).toBe('awake');
  expect(await engineState(site)).toBe('running');
  await query(`delete from "Event" e using "Site" s where s.id = e."siteId" and s.name = $1`, [site.name]);
}

function options(site: Site, more: http.RequestOptions): http.RequestOptions {
  const { host, port } = new URL(site.address);
  return { host: '127.0.0.1', port, agent: false, timeout: 20_000, ...more, headers: { host, ...more.headers } };
}

async function post(site: Site, body: Buffer): Promise<string> {
  const headers = { 'content-length': body.length };
  const request = http.request(options(site, { method: 'POST', path: '/', headers })).end(body);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return text;
}

async function openStream(site: Site): Promise<http.IncomingMessage> {
  const request = http.get(options(site, { path: '/stream' }));
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  await once(response, 'data');
  response.on('error', () => {}); // It is cut on purpose.
  return response;
}

async function upgrade(site: Site) {
  const headers = { connection: 'Upgrade', upgrade: 'echo' };
  const request = http.get(options(site, { headers }));
  const [, socket] = (await once(request, 'upgrade')) as [http.IncomingMessage, import('node:net').Socket];
  return socket.on('error', () => {});
}
