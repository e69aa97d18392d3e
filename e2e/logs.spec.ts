// What an app writes, as its owner reads it: in the browser, over the API and over SSH, whatever the app writes and however
// much.

import type { Page } from '@playwright/test';
import { expectAccessible } from './setup/axe.ts';
import { test as browserTest, launchByClick } from './setup/browser.ts';
import { query } from './setup/database.ts';
import { APP_URL, api, expect, get, openssh, type Site, ssh, test, type Workspace } from './setup/fixtures.ts';
import { processesIn } from './setup/inspect.ts';
import { engineState, putToSleep, restOf } from './setup/sleep.ts';
import { hold, sshWords } from './setup/ssh.ts';
import { TEST_INSTANCE } from './setup/test-instance.ts';

/** Writes what it is asked for: `/say?TEXT` percent-decoded as bytes, `/flood` 10,000 lines a second for ten seconds. */
const APP = `import os, sys, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote_to_bytes
def flood():
    for tick in range(100):
        sys.stdout.write("".join("flood %d\\n" % (tick * 1000 + n) for n in range(1000)))
        sys.stdout.flush()
        time.sleep(0.1)
class H(BaseHTTPRequestHandler):
    def do_GET(self):
        place, _, words = self.path.partition("?")
        if place == "/say":
            sys.stdout.buffer.write(unquote_to_bytes(words) + b"\\n")
            sys.stdout.buffer.flush()
        if place == "/flood":
            threading.Thread(target=flood, daemon=True).start()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok")
    def log_message(self, *_): pass
ThreadingHTTPServer(("0.0.0.0", int(os.environ["PORT"])), H).serve_forever()
`;

async function pushApp(site: Site, workspace: Workspace): Promise<void> {
  const clone = await workspace.clone(site);
  await workspace.commit(clone, { 'main.py': APP });
  expect(await workspace.push(clone)).toMatchObject({ code: 0 });
}
const say = async (site: Site, words: string) => {
  expect((await get(`${site.address}/say?${words}`)).status).toBe(200);
};
const lines = async (site: Site, search = '') => {
  const answer = await api(site, `/logs${search}`);
  expect(answer.status, await answer.clone().text()).toBe(200);
  const told = (await answer.json()) as { lines: { release: number; at: string; text: string }[] };
  // The starter has written too.
  return told.lines.filter(({ release }) => release > 1);
};
const texts = async (site: Site, search = '') => (await lines(site, search)).map(({ text }) => text);
const readers = async (site: Site) => (await processesIn(site)).split('read-logs.py').length - 1;
const openLogs = async (page: Page) => {
  await page.getByRole('link', { name: 'Logs' }).click();
  await expect(page.getByTestId('log')).toBeVisible();
};

test('the API tells the newest lines, and those with certain words, whatever bytes they have', async ({
  site,
  workspace,
}) => {
  await pushApp(site, workspace);
  for (const words of ['one', 'a%1b]0;title%07b', '%3Cscript%3E', '%ff%feC', 'Two%20words', '%1b[31mred']) {
    await say(site, words);
  }
  await expect.poll(() => texts(site)).toHaveLength(6);
  const [first, ...rest] = await lines(site);
  expect(first).toMatchObject({ release: 2, text: 'one', at: expect.stringMatching(/^20\d\d-.*Z$/) });
  expect(rest.map(({ text }) => text)).toEqual([
    'ab',
    '<script>',
    '\ufffd\ufffdC',
    'Two words',
    '\u001b[31mred\u001b[0m',
  ]);
  expect(await texts(site, '?lines=2')).toHaveLength(2);
  expect(await texts(site, '?q=two+WORDS')).toEqual(['Two words']);
  expect(await texts(site, '?q=nowhere')).toEqual([]);
  expect((await api(site, '/logs?lines=0')).status).toBe(400);
  expect((await api(site, '/logs?lines=x')).status).toBe(400);
});

test('to strangers there is nothing, and who may only look is told so', async ({ site, neighbour, browser }) => {
  for (const place of ['/logs', '/logs/stream']) {
    for (const authorization of [`Bearer ${neighbour.token}`, '']) {
      const headers = authorization ? { authorization } : {};
      const answer = await fetch(`${APP_URL}/api/sites/${site.name}${place}`, { headers });
      expect(answer.status).toBe(404);
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
  for (const place of ['/logs', '/logs/stream']) {
    const answer = await context.request.get(`${APP_URL}/api/sites/${site.name}${place}`);
    expect(answer.status(), place).toBe(403);
  }
  expect((await page.goto(`/sites/${site.name}/logs`))?.status()).toBe(404);
  await context.request.delete(`${APP_URL}/api/sites/${own}`, { headers: { origin: APP_URL } });
  await context.close();
});

test('a reader that vanishes leaves no process, and no reader keeps a site awake or wakes it', async ({
  site,
  workspace,
}) => {
  await pushApp(site, workspace);
  const gone = new AbortController();
  const stream = await api(site, '/logs/stream', { signal: gone.signal });
  expect(stream.status).toBe(200);
  await expect.poll(() => readers(site)).toBe(1);
  gone.abort();
  await expect.poll(() => readers(site), { timeout: 15_000 }).toBe(0);

  const open = [1, 2, 3, 4, 5].map(() => new AbortController());
  for (const { signal } of open) {
    expect((await api(site, '/logs/stream', { signal })).status).toBe(200);
  }
  await expect.poll(() => readers(site)).toBe(5);
  await putToSleep(site, 'frozen');
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  expect([await engineState(site), await restOf(site)]).toEqual(['paused', 'frozen']);
  for (const one of open) one.abort();
  expect((await api(site, '/logs')).status).toBe(409);
  expect(await engineState(site)).toBe('paused');
  expect((await get(site.address)).status).toBe(200);
  await expect.poll(() => readers(site), { timeout: 20_000 }).toBe(0);
});

test('`ssh NAME@… logs` tells them, and with -f goes on until the client leaves', async ({ site, workspace }) => {
  await pushApp(site, workspace);
  await say(site, 'before');
  const at = ['-p', TEST_INSTANCE.LIGHTKEEPER_SSH_GATEWAY_PORT, `${site.name}@${site.ssh.host}`];
  await expect
    .poll(async () => (await openssh(site, 'ssh', [...at, 'logs'])).stdout, { timeout: 20_000 })
    .toMatch(/^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d web\.2 \| before\n$/);
  const words = sshWords(site, 'password', [], []).slice(0, -3);
  const following = hold([...words, ...at, 'logs -f']);
  await following.says(/before/);
  await say(site, 'after');
  await following.says(/web\.2 \| after/);
  await following.kill();
  await expect.poll(() => readers(site), { timeout: 20_000 }).toBe(0);
  expect((await ssh(site, 'true')).code).toBe(0);
});

browserTest(
  'the page follows the log, searches, pauses, and shows what is hostile as text',
  async ({ page, workspace }) => {
    const site = await launchByClick(page);
    await pushApp(site, workspace);
    await openLogs(page);
    await expect(page.getByTestId('logs-empty')).toContainText('flush=True');
    await expectAccessible(page, 'the empty log');
    await say(site, 'a%20visitor%20came');
    await say(site, '%3Cscript%3Ewindow.owned=1%3C/script%3E%1b]0;title%07%ff');
    const shown = page.getByTestId('log-line').filter({ hasNotText: 'GET /' });
    await expect(shown).toHaveCount(2);
    await expect(shown.last()).toContainText('<script>window.owned=1</script>\ufffd');
    expect(await page.evaluate(() => 'owned' in window)).toBe(false);
    expect(await page.title()).toContain('Logs of');

    await page.getByRole('searchbox').fill('VISITOR');
    await expect(shown).toHaveCount(1);
    await expect(page.getByTestId('log').locator('mark')).toHaveText('visitor');
    await expectAccessible(page, 'the log');
    await page.getByRole('searchbox').fill('');
    await page.getByTestId('logs-pause').click();
    await say(site, 'while%20paused');
    await expect(page.getByTestId('logs-pause')).toContainText('1 new');
    await expect(shown).toHaveCount(2);
    await page.getByTestId('logs-pause').click();
    await expect(shown.last()).toContainText('while paused');
  },
);

browserTest('a flood costs the page no smoothness, and what is left out is counted', async ({ page, workspace }) => {
  const site = await launchByClick(page);
  await pushApp(site, workspace);
  await openLogs(page);
  await get(`${site.address}/flood`);
  await expect(page.getByTestId('log-left-out').first()).toBeAttached({ timeout: 20_000 });
  const longest = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let [last, most] = [performance.now(), 0];
        const end = last + 4_000;
        const frame = (now: number) => {
          most = Math.max(most, now - last);
          last = now;
          if (now < end) requestAnimationFrame(frame);
          else resolve(most);
        };
        requestAnimationFrame(frame);
      }),
  );
  expect(longest, 'the longest time without a frame').toBeLessThan(1_000);
  await expect(page.getByTestId('log-line').last()).toContainText('flood 99999', { timeout: 30_000 });
  const all = await page.getByTestId('log-line').allTextContents();
  expect(all.length).toBeLessThanOrEqual(5_000);
});
