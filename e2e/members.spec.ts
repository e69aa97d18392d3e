// Those who share a site, and the operator: what each is shown of it, and what each gets done.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Account, makeAccount, removeAccounts, share, signIn } from './setup/accounts.ts';
import { type AdminApi, askAs, openAdminApi } from './setup/admin-api.ts';
import { expectAccessible } from './setup/axe.ts';
import { test } from './setup/browser.ts';
import { expect, type Site } from './setup/fixtures.ts';

let viewer: Account;
let developer: Account;
let stranger: Account;
let admin: AdminApi;

test.beforeAll(async () => {
  [viewer, developer, stranger] = [await makeAccount('vera'), await makeAccount('dan'), await makeAccount('sam')];
  admin = await openAdminApi();
});
test.afterAll(() => removeAccounts(viewer, developer, stranger));

const placeOf = (site: Site, place = '') => `/api/sites/${site.name}${place}`;
const secretsOf = (site: Site) => [site.token, site.ssh.password];

/** "METHOD /place" of each handler below app/api/sites/[name] that changes something. */
function findChanges(): string[] {
  const root = path.resolve(import.meta.dirname, '../app/api/sites/[name]');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('route.ts'));
  return files.flatMap((file) => {
    const methods = [...readFileSync(path.join(root, file), 'utf8').matchAll(/^export const ([A-Z]+)\b/gm)];
    const place = path.dirname(file) === '.' ? '' : `/${path.dirname(file)}`;
    return methods.flatMap(([, method = 'GET']) => (method === 'GET' ? [] : `${method} ${place}`));
  });
}

test('a viewer changes nothing at any route, a stranger finds none, whatever they send', async ({ site }) => {
  await share(site, viewer, 'viewer');
  expect(findChanges()).toEqual(expect.arrayContaining(['DELETE ', 'POST /keys', 'POST /restart', 'POST /rollback']));
  for (const way of findChanges()) {
    const [method = '', place = ''] = way.split(' ');
    for (const body of [undefined, { wrong: true }]) {
      const seen = await askAs({ cookie: viewer.cookie }, method, placeOf(site, place), body);
      expect({ way, body, status: seen.status, code: seen.body?.error?.code }).toMatchObject({
        ...{ status: 403, code: 'not-allowed' },
      });
      const unseen = await askAs({ cookie: stranger.cookie }, method, placeOf(site, place), body);
      expect({ way, body, status: unseen.status, code: unseen.body?.error?.code }).toMatchObject({
        ...{ status: 404, code: 'not-found' },
      });
    }
  }
});

test('a developer changes what runs, and neither reads the secrets nor deletes', async ({ site }) => {
  await share(site, developer, 'developer');
  const headers = { cookie: developer.cookie };
  expect((await askAs(headers, 'POST', placeOf(site, '/restart'))).status).toBe(202);
  expect((await askAs(headers, 'DELETE', placeOf(site))).body.error.code).toBe('not-allowed');
  const told = await askAs(headers, 'GET', placeOf(site));
  expect(told.body.site).toMatchObject({ access: 'develop', token: null, ssh: { password: null } });
  for (const secret of secretsOf(site)) expect(told.text).not.toContain(secret);
});

test('an admin reads no secret of an owner, restarts the site, and is let into no terminal', async ({ site }) => {
  const told = await admin.ask('GET', placeOf(site));
  expect(told.status).toBe(200);
  for (const secret of secretsOf(site)) expect(told.text).not.toContain(secret);
  const page = await askAs({ cookie: admin.cookie }, 'GET', `/sites/${site.name}`);
  expect(page.status).toBe(200);
  for (const secret of secretsOf(site)) expect(page.text).not.toContain(secret);
  expect(page.text).not.toContain(`/sites/${site.name}/terminal`);
  expect((await askAs({ cookie: admin.cookie }, 'GET', `/sites/${site.name}/terminal`)).status).toBe(404);
  expect((await admin.ask('POST', placeOf(site, '/restart'))).status).toBe(202);
});

test('the page shows each what is his, also on a phone', async ({ page, context, site }) => {
  await share(site, viewer, 'viewer');
  await signIn(context, viewer);
  await page.goto(`/sites/${site.name}`);
  await expect(page.getByTestId('site-state')).toHaveText('Live');
  await expect(page.getByTestId('clone-command')).not.toContainText(site.token);
  await expect(page.getByTestId('ssh-command')).toHaveCount(0);
  await expect(page.getByRole('button', { name: /^(Delete|Restart)/ })).toHaveCount(0);
  await expectAccessible(page, 'a viewer’s page');
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await context.clearCookies();
});
