// The operator's door: one secret, one table of all sites, and nothing of it for anybody else.

import http from 'node:http';
import { readAdminSecret, signInAsAdmin } from './setup/admin.ts';
import { launchByClick, test } from './setup/browser.ts';
import { APP_URL, expect } from './setup/fixtures.ts';
import { SETTINGS } from './setup/host-state.ts';

test('the secret that `up` printed opens the table of all sites, and signing out closes it', async ({
  page,
  site,
  neighbour,
}) => {
  await page.goto('/admin');
  await expect(page).toHaveURL(/\/admin\/sign-in$/);
  await page.getByLabel('Admin secret').fill('not-the-secret-0');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByTestId('sign-in-problem')).toContainText('That is not the admin secret.');
  await signInAsAdmin(page);

  for (const { name, limits } of [site, neighbour]) {
    const row = page.getByTestId(`site-${name}`);
    await expect(row).toContainText('Live');
    await expect(row).toContainText('guest');
    await expect(row).toContainText(`/ ${limits.pids}`);
  }
  await page.getByRole('link', { name: site.name }).click();
  await expect(page.getByRole('heading', { level: 1, name: site.name })).toBeVisible();
  const text = await page.content();
  for (const secret of [site.token, site.ssh.password]) expect(text).not.toContain(secret);

  await page.goto('/admin');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(`${APP_URL}/`);
  await page.goto('/admin');
  await expect(page).toHaveURL(/\/admin\/sign-in$/);
  const foreign = await page.goto(`/sites/${site.name}`);
  expect(foreign?.status()).toBe(404);
});

test("a guest is led to the sign-in, and sees no other guest's site", async ({ page, site }) => {
  await launchByClick(page);
  await page.goto('/admin');
  await expect(page).toHaveURL(/\/admin\/sign-in$/);
  await expect(page.getByRole('table')).toHaveCount(0);
  const foreign = await page.goto(`/sites/${site.name}`);
  expect(foreign?.status()).toBe(404);
  await expect(page.getByRole('heading', { name: 'No light here.' })).toBeVisible();
  for (const place of ['users', 'plans', 'alerts', 'audit', `sites/${site.name}`]) {
    await page.goto(`/admin/${place}`);
    await expect(page, place).toHaveURL(/\/admin\/sign-in$/);
  }
  for (const place of ['sites', 'host', 'events', `sites/${site.name}`, `sites/${site.name}/history`]) {
    const answer = await page.request.get(`/api/admin/${place}`);
    expect(answer.status(), place).toBe(404);
  }
});

test('guessing the secret is slowed down: after five attempts a minute even the right one is refused', async () => {
  const secret = await readAdminSecret();
  const guesser = await startGuessing('127.0.0.77');
  for (let attempt = 0; attempt < 5; attempt += 1) {
    expect((await guesser.guess(`guess-number-${attempt}`)).status).toBe(401);
  }
  const refused = await guesser.guess(secret);
  expect(refused.status).toBe(401);
  expect(refused.body).toContain('More%20than%205%20attempts');
  expect(refused.cookies).not.toContain(`${SETTINGS.instance}.session`);
});

test('the sign-in takes no request of another page', async () => {
  const guesser = await startGuessing('127.0.0.78', { origin: 'https://evil.example' });
  expect((await guesser.guess(await readAdminSecret())).status).toBe(403);
});

/** A caller from an address of its own, so that other tests of this machine are not slowed down with it. */
async function startGuessing(localAddress: string, headers: Record<string, string> = {}) {
  const csrf = await ask(localAddress, 'GET', '/api/auth/csrf', {});
  const { csrfToken } = JSON.parse(csrf.body) as { csrfToken: string };
  return {
    guess(secret: string) {
      const form = new URLSearchParams({ csrfToken, secret, json: 'true', callbackUrl: APP_URL });
      const type = { 'content-type': 'application/x-www-form-urlencoded', cookie: csrf.cookies };
      return ask(localAddress, 'POST', '/api/auth/callback/admin', { ...type, ...headers }, form.toString());
    },
  };
}

interface Answer {
  status: number;
  cookies: string;
  body: string;
}

function ask(localAddress: string, method: string, place: string, headers: Record<string, string>, body?: string) {
  const { hostname, port } = new URL(APP_URL);
  const options = { host: '127.0.0.1', port, path: place, method, localAddress, agent: false };
  return new Promise<Answer>((resolve, reject) => {
    const request = http.request({ ...options, headers: { host: `${hostname}:${port}`, ...headers } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => {
        text += piece;
      });
      const cookies = (response.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ');
      response.on('end', () => resolve({ status: response.statusCode ?? 0, cookies, body: text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}
