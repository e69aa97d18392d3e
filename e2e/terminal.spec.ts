// Root's shell in a real browser, and what others get who ask for it.

import { once } from 'node:events';
import type { Page } from '@playwright/test';
import { WebSocket } from 'ws';
import { makeAccount, removeAccounts, share } from './setup/accounts.ts';
import { openAdminApi } from './setup/admin-api.ts';
import { expectAccessible } from './setup/axe.ts';
import { launchByClick, test } from './setup/browser.ts';
import { query } from './setup/database.ts';
import { APP_URL, api, expect, type Site, ssh, watch } from './setup/fixtures.ts';
import { containerOf, readPids } from './setup/host-state.ts';
import { putToSleep, restOf } from './setup/sleep.ts';

const ID = '0123456789abcdef';
const urlOf = (site: Site, id = ID) =>
  `${APP_URL.replace('http', 'ws')}/api/sites/${site.name}/terminal?id=${id}&columns=80&rows=24`;
const bearer = (site: Site) => ({ authorization: `Bearer ${site.token}` });

/** Opens the page's terminal and waits for its prompt. */
async function openTerminal(page: Page, site: Site): Promise<void> {
  await page.goto(`/sites/${site.name}/terminal`);
  await expect(page.getByTestId('terminal')).toHaveAttribute('data-state', 'opened');
  await expect(page.locator('.xterm-rows')).toContainText(/root@\S+:~#/);
}

/** A program's own connection: what it hears as text, and what it is told. */
async function connect(site: Site, id?: string, headers: Record<string, string> = bearer(site)) {
  const socket = new WebSocket(urlOf(site, id), { headers });
  const all = { heard: '', told: [] as { kind: string }[], socket };
  socket.on('message', (data, isBinary) => {
    if (isBinary) all.heard += data.toString();
    else all.told.push(JSON.parse(data.toString()));
  });
  await once(socket, 'open');
  return all;
}

/** The answer to a handshake that is refused. */
async function refusal(url: string, headers: Record<string, string>) {
  const socket = new WebSocket(url, { headers });
  socket.on('error', () => {});
  const [, response] = await once(socket, 'unexpected-response');
  let body = '';
  for await (const piece of response) body += piece;
  return { status: response.statusCode, code: JSON.parse(body).error.code };
}

test('what is typed runs as root, and a reload finds the same shell with what it printed', async ({ page }) => {
  const site = await launchByClick(page);
  await openTerminal(page, site);
  await page.keyboard.type('cd /tmp && MARK=kept; echo "I am $(id -u) in $PWD"\n');
  const rows = page.locator('.xterm-rows');
  await expect(rows).toContainText('I am 0 in /tmp');

  await page.reload();
  await expect(rows).toContainText('I am 0 in /tmp');
  await expect(page.getByTestId('terminal')).toHaveAttribute('data-state', 'opened');
  await page.keyboard.type('echo "still $MARK in $PWD"\n');
  await expect(rows).toContainText('still kept in /tmp');

  await page.keyboard.type('exit\n');
  await expect(page.getByTestId('terminal-state')).toContainText('The shell has ended.');
  await page.getByRole('button', { name: 'Open a new one' }).click();
  await expect(rows).toContainText(/root@\S+:~#/);
  await expect(rows).not.toContainText('kept');
});

test('the shell has the size of the window, and colours are the page’s own', async ({ page }) => {
  const site = await launchByClick(page);
  await page.setViewportSize({ width: 1200, height: 900 });
  await openTerminal(page, site);
  const columns = async () => {
    await page.keyboard.type('clear; echo "cols=$(tput cols)."\n');
    await expect(page.locator('.xterm-rows')).toContainText(/cols=\d+\./);
    return Number(/cols=(\d+)\./.exec((await page.locator('.xterm-rows').textContent()) ?? '')?.[1]);
  };
  const wide = await columns();
  expect(wide).toBeGreaterThan(90);
  await page.setViewportSize({ width: 600, height: 900 });
  await expect.poll(columns, { timeout: 10_000 }).toBeLessThan(80);
  await page.keyboard.type("printf '\\033[31mred\\033[0m\\n'\n");
  await expect(page.locator('.xterm-rows span.xterm-fg-1', { hasText: 'red' })).toHaveCSS(
    'color',
    'rgb(255, 143, 132)',
  );
});

test('a terminal can be used by everybody, also on a phone', async ({ page }) => {
  const site = await launchByClick(page);
  await openTerminal(page, site);
  await expectAccessible(page, 'terminal');
  await page.setViewportSize({ width: 390, height: 844 });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
});

test('what a program asked the terminal is not answered again after a reload, and the keyboard finds the way out', async ({
  page,
}) => {
  const site = await launchByClick(page);
  await openTerminal(page, site);
  const rows = page.locator('.xterm-rows');
  const answers = async () => ((await rows.textContent()) ?? '').split('^[[0n').length - 1;
  await page.keyboard.type("stty -icanon -echo; printf '\\033[5n'; cat -v\n");
  await expect.poll(answers).toBe(1);
  await page.reload();
  await expect(page.getByTestId('terminal')).toHaveAttribute('data-state', 'opened');
  await expect.poll(answers).toBe(1);
  await page.keyboard.type('after');
  await expect(rows).toContainText('after');
  expect(await answers()).toBe(1);

  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.closest('.xterm') !== null)).toBe(true);
  await page.keyboard.press('Control+F6');
  expect(await page.evaluate(() => document.activeElement?.closest('.xterm') === null)).toBe(true);
});

test('a sleeping site wakes for its terminal', async ({ page }) => {
  const site = await launchByClick(page);
  await putToSleep(site, 'stopped');
  await openTerminal(page, site);
  expect(await restOf(site)).toBe('awake');
});

test('strangers and foreign tokens get no terminal, and a page of somebody else’s gets none with the owner’s', async ({
  site,
  neighbour,
}) => {
  const absent = { status: 404, code: 'not-found' };
  expect(await refusal(urlOf(site), {})).toEqual(absent);
  expect(await refusal(urlOf(site), bearer(neighbour))).toEqual(absent);
  expect(await refusal(urlOf(site).replace(site.name, 'no-such-site'), bearer(site))).toEqual(absent);
  expect(await refusal(urlOf(site).replace(ID, 'x'), bearer(site))).toEqual(absent);
  const foreign = { ...bearer(site), origin: `http://${neighbour.name}.localhost` };
  expect(await refusal(urlOf(site), foreign)).toEqual({ status: 403, code: 'foreign-origin' });
  const plain = await api(site, `/terminal?id=${ID}`);
  expect(plain.status).toBe(426);
});

test('who may only look, and an operator who shares nothing, are let in nowhere', async ({ site }) => {
  const [viewer, developer] = [await makeAccount('vera'), await makeAccount('dan')];
  await share(site, viewer, 'viewer');
  await share(site, developer, 'developer');
  const refused = { status: 403, code: 'not-allowed' };
  const admin = await openAdminApi();
  expect(await refusal(urlOf(site), { cookie: viewer.cookie })).toEqual(refused);
  expect(await refusal(urlOf(site), { cookie: admin.cookie })).toEqual(refused);
  const page = await connect(site, ID, { cookie: developer.cookie });
  await expect.poll(() => page.heard).toContain('#');
  await removeAccounts(viewer, developer);
  const [code] = await once(page.socket, 'close');
  expect(code).toBe(4001);
});

test('a shell is shown on three pages at the most: the oldest is told', async ({ site }) => {
  const pages: Awaited<ReturnType<typeof connect>>[] = [];
  for (let at = 0; at < 4; at += 1) {
    const page = await connect(site);
    await expect.poll(() => page.told).toContainEqual({ kind: 'opened', isOld: at > 0 });
    pages.push(page);
  }
  await expect.poll(() => pages[0]?.told.at(-1)).toMatchObject({ kind: 'refused' });
  pages[3]?.socket.send(Buffer.from('echo "b$((40+3))"\n'));
  for (const page of pages.slice(1)) await expect.poll(() => page.heard).toContain('b43');
  for (const { socket } of pages) socket.close();
});

test('an open terminal tells who is signed out that he is', async ({ page }) => {
  const site = await launchByClick(page);
  await openTerminal(page, site);
  const cookies = await page.context().cookies();
  await query('update "User" set "sessionVersion" = 1 where id = (select "ownerId" from "Site" where name = $1)', [
    site.name,
  ]);
  await page.context().clearCookies();
  await expect(page.getByTestId('terminal')).toHaveAttribute('data-state', 'refused');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'No light here.' })).toBeVisible();
  await query('update "User" set "sessionVersion" = 0 where id = (select "ownerId" from "Site" where name = $1)', [
    site.name,
  ]);
  await page.context().addCookies(cookies);
});

test('a flood is held up by a page that does not read, and harms nobody', async ({ site, neighbour }) => {
  const others = watch(neighbour);
  const page = await connect(site);
  await expect.poll(() => page.heard).toContain('#');
  page.socket.pause();
  page.socket.send(Buffer.from('yes $(head -c 1000 /dev/zero | tr "\\0" y) & sleep 3; kill %1; echo "over$((1+1))"\n'));
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  page.socket.resume();
  await expect.poll(() => page.heard.endsWith('# ') && page.heard.includes('over2'), { timeout: 30_000 }).toBe(true);
  page.socket.close();
  const { asked, failed } = await others.stop();
  expect(failed).toEqual([]);
  expect(asked).toBeGreaterThan(50);
});

test('a site has six terminals at the most, and one that ends makes room', async ({ site }) => {
  const pages = await Promise.all(Array.from({ length: 6 }, (_, at) => connect(site, `${ID}-${at}`)));
  for (const page of pages) await expect.poll(() => page.told).toContainEqual({ kind: 'opened', isOld: false });
  const late = await connect(site, `${ID}-late`);
  await expect
    .poll(() => late.told)
    .toMatchObject([{ kind: 'refused', message: expect.stringContaining('6 terminals') }]);
  pages[0]?.socket.send(Buffer.from('exit\n'));
  await expect.poll(() => pages[0]?.told).toContainEqual({ kind: 'ended', exitCode: 0 });
  const next = await connect(site, `${ID}-next`);
  await expect.poll(() => next.told).toContainEqual({ kind: 'opened', isOld: false });
  for (const { socket } of [...pages, next]) socket.close();
});

test('hostile messages end no shell but their own page’s', async ({ site }) => {
  const page = await connect(site);
  await expect.poll(() => page.heard).toContain('#');
  for (const text of ['{"columns":1e9,"rows":-5}', '{', 'null', '{"columns":{}}', 'x'.repeat(10_000)])
    page.socket.send(text);
  page.socket.send(Buffer.from('echo "a$((40+2))"\n'));
  await expect.poll(() => page.heard).toContain('a42');
  page.socket.send(Buffer.alloc(300 * 1024));
  const [code] = await once(page.socket, 'close');
  expect(code).toBe(1009);
  const again = await connect(site);
  await expect.poll(() => again.told).toContainEqual({ kind: 'opened', isOld: true });
  again.socket.close();
});

test('whose access ends is out, and nothing of the shell stays', async ({ site, neighbour }) => {
  const page = await connect(site);
  await expect.poll(() => page.heard).toContain('#');
  page.socket.send(Buffer.from('sleep 1234 & sleep 1234\n'));
  await expect.poll(async () => (await ssh(site, 'pgrep -c -f "sleep 1234$"')).stdout.trim()).toBe('2');
  const before = await readPids((await containerOf(site)).id);
  // As a renewed token does: the one that was used opens nothing any more.
  const sealedOf = async ({ name }: Site) =>
    (await query<{ sealedToken: string }>('select "sealedToken" from "Site" where name = $1', [name]))[0]?.sealedToken;
  const own = await sealedOf(site);
  await query('update "Site" set "sealedToken" = $2 where name = $1', [site.name, await sealedOf(neighbour)]);
  try {
    const [code] = await once(page.socket, 'close');
    expect(code).toBe(4001);
    await expect.poll(async () => readPids((await containerOf(site)).id), { timeout: 15_000 }).toBeLessThan(before);
    expect((await ssh(site, 'pgrep -c -f "sleep 1234$"')).stdout.trim()).toBe('0');
  } finally {
    await query('update "Site" set "sealedToken" = $2 where name = $1', [site.name, own]);
  }
});
