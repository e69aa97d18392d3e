// Domains of people's own: the records on the page, a certificate from a real authority, HTTPS without a reload; and that a
// name that is not proved gets nothing.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import type tls from 'node:tls';
import { openAuthority, openDns, ROOT_FILE, ZONE } from './setup/acme.ts';
import { expectAccessible } from './setup/axe.ts';
import { launchByClick, test } from './setup/browser.ts';
import { query } from './setup/database.ts';
import { api, expect, get, launch, remove, type Site } from './setup/fixtures.ts';
import { SETTINGS } from './setup/host-state.ts';
import { must } from './setup/programs.ts';
import { TEST_INSTANCE } from './setup/test-instance.ts';

const HERE = TEST_INSTANCE.LIGHTKEEPER_PUBLIC_ADDRESSES;
const HTTPS_PORT = Number(TEST_INSTANCE.LIGHTKEEPER_HTTPS_PORT);
const SOON = { timeout: 40_000 };
const NAMES = ['shop', 'late', 'victim', 'moving'].map((label) => `${label}.${ZONE}`);
const [SHOP = '', LATE = '', VICTIM = '', MOVING = ''] = NAMES;

let dns: Awaited<ReturnType<typeof openDns>>;
let authority: Awaited<ReturnType<typeof openAuthority>>;

test.beforeAll(async () => {
  dns = await openDns();
  authority = await openAuthority(NAMES);
});
test.afterAll(async () => {
  await authority.end();
  await dns.end();
});

interface Domain {
  name: string;
  state: string;
  problem: string | null;
  records: { type: string; name: string; value: string; isThere: boolean }[];
}

async function domainsOf(site: Site): Promise<Domain[]> {
  return ((await (await api(site, '/domains')).json()) as { domains: Domain[] }).domains;
}

const stateOf = async (site: Site, name: string) =>
  (await domainsOf(site)).find((domain) => domain.name === name)?.state ?? null;

const post = (site: Site, place: string, body: unknown = {}) =>
  api(site, place, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

async function add(site: Site, name: string): Promise<Domain> {
  const added = await post(site, '/domains', { name });
  expect(added.status).toBe(201);
  return ((await added.json()) as { domain: Domain }).domain;
}

/** Sets what the domain's records say. */
function setRecords({ name, records }: Domain, what: { proof: boolean; address: boolean }): void {
  for (const record of records.filter(({ type }) => type === 'TXT' && what.proof)) {
    dns.texts.set(record.name, [...(dns.texts.get(record.name) ?? ['v=spf1 -all']), record.value]);
  }
  if (what.address) dns.addresses.set(name, [HERE]);
}

/** Throws what the handshake ends with. */
async function visit(name: string): Promise<{ status: number; body: string; serial: string }> {
  const ca = await readFile(ROOT_FILE, 'utf8');
  const request = https.request({
    ...{ host: '127.0.0.1', port: HTTPS_PORT, servername: name, ca, agent: false },
    headers: { host: `${name}:${HTTPS_PORT}` },
  });
  request.end();
  const [response] = await once(request, 'response');
  const serial = (response.socket as tls.TLSSocket).getPeerCertificate().serialNumber;
  let body = '';
  for await (const piece of response.setEncoding('utf8')) body += piece;
  return { status: response.statusCode ?? 0, body, serial };
}

const httpsOf = (name: string) =>
  visit(name).then(
    ({ status }) => `${status}`,
    (error) => String(error.code),
  );
/** HAProxy has no certificate for the name, and says so before anything else. */
const NO_CERTIFICATE = /ALERT|ECONNRESET|EPROTO/;

async function plain(name: string): Promise<{ status: number; location: string | undefined }> {
  const port = TEST_INSTANCE.LIGHTKEEPER_HTTP_PORT;
  const request = http.get({ host: '127.0.0.1', port, path: '/a?b=c', headers: { host: name }, agent: false });
  const [response] = await once(request, 'response');
  response.resume();
  return { status: response.statusCode ?? 0, location: response.headers.location };
}

test('a name is the site’s and has HTTPS once its records are there, and not before', async ({ page }) => {
  const site = await launchByClick(page);
  await page.getByRole('link', { name: 'Domains' }).click();
  await expect(page.getByTestId('no-domains')).toBeVisible();
  await page.getByLabel('Domain', { exact: true }).fill(SHOP.toUpperCase());
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  const card = page.getByTestId('domain');
  await expect(card).toHaveAttribute('data-state', 'unproved');
  await expect(card.getByTestId('record')).toHaveCount(2);
  await expectAccessible(page, 'domains');
  const [domain] = await domainsOf(site);
  expect(domain).toMatchObject({ name: SHOP, state: 'unproved' });
  expect(domain?.records).toMatchObject([
    { type: 'TXT', name: `_lightkeeper.${SHOP}`, isThere: false },
    { type: 'CNAME', name: SHOP, value: new URL(site.address).hostname, isThere: false },
  ]);
  if (!domain) throw new Error('no domain');

  // Whoever leads a name here has not proved that it is his to give: no route, no order, no certificate.
  setRecords(domain, { proof: false, address: true });
  await card.getByRole('button', { name: 'Check now' }).click();
  await expect(card.locator('[data-testid=record][data-there=true]')).toHaveCount(1, SOON);
  await expect(card.getByTestId('domain-notice')).toContainText('There is no TXT record');
  expect((await plain(SHOP)).status).toBe(404);
  expect(await httpsOf(SHOP)).toMatch(NO_CERTIFICATE);
  expect(
    await query('select 1 from "Domain" where name = $1 and ("orderProblem" is not null or certificate is not null)', [
      SHOP,
    ]),
  ).toEqual([]);

  setRecords(domain, { proof: true, address: false });
  await expect(card).toHaveAttribute('data-state', 'secure', SOON);
  const shown = await get(site.address);
  expect(await visit(SHOP)).toMatchObject({ status: 200, body: shown.body });
  expect(await plain(SHOP)).toEqual({ status: 308, location: `https://${SHOP}:${HTTPS_PORT}/a?b=c` });
  expect((await get(site.address)).status).toBe(200);
  const texts = await query<{ text: string }>(
    'select e.text from "Event" e join "Site" s on s.id = e."siteId" where s.name = $1',
    [site.name],
  );
  expect(texts.map(({ text }) => text)).toContain(`${SHOP} has a certificate and is served over HTTPS.`);
  await expectAccessible(page, 'a live domain');

  await page.getByRole('button', { name: `Remove ${SHOP}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(page.getByTestId('no-domains')).toBeVisible();
  await expect.poll(() => httpsOf(SHOP), SOON).toMatch(NO_CERTIFICATE);
  await expect.poll(async () => (await plain(SHOP)).status, SOON).toBe(404);
});

test('a certificate is renewed before it ends, and no visitor sees it; a killed proxy has it again', async ({
  site,
}) => {
  setRecords(await add(site, LATE), { proof: true, address: true });
  await expect.poll(() => stateOf(site, LATE), SOON).toBe('secure');
  const before = await visit(LATE);
  const failed: string[] = [];
  let goesOn = true;
  const visiting = (async () => {
    while (goesOn) {
      const outcome = await httpsOf(LATE);
      if (outcome !== '200') failed.push(outcome);
    }
  })();
  await query('update "Domain" set "renewAt" = now(), "orderAt" = now() where name = $1', [LATE]);
  await expect.poll(async () => (await visit(LATE)).serial, SOON).not.toBe(before.serial);
  goesOn = false;
  await visiting;
  expect(failed).toEqual([]);
  const [row] = await query<{ renewed: boolean }>('select "renewAt" > now() as renewed from "Domain" where name = $1', [
    LATE,
  ]);
  expect(row?.renewed).toBe(true);

  const { serial } = await visit(LATE);
  await must('s6-svc', ['-k', path.join(SETTINGS.dataDir, 'service/haproxy')]);
  await expect.poll(() => httpsOf(LATE), SOON).toBe('200');
  expect((await visit(LATE)).serial).toBe(serial);
});

test('a name has one site: who proves it too waits until the other’s proof is gone', async ({ site, neighbour }) => {
  const mine = await add(site, VICTIM);
  setRecords(mine, { proof: true, address: true });
  await expect.poll(() => stateOf(site, VICTIM), SOON).toBe('secure');

  const theirs = await add(neighbour, VICTIM);
  await expect.poll(async () => (await domainsOf(neighbour))[0]?.problem, SOON).toContain('There is no TXT record');
  setRecords(theirs, { proof: true, address: false });
  await post(neighbour, `/domains/${VICTIM}/look`);
  await expect.poll(async () => (await domainsOf(neighbour))[0]?.problem, SOON).toContain('Another site has');
  expect(await stateOf(neighbour, VICTIM)).toBe('unproved');
  expect(await stateOf(site, VICTIM)).toBe('secure');

  const proof = theirs.records.find(({ type }) => type === 'TXT');
  dns.texts.set(`_lightkeeper.${VICTIM}`, [proof?.value ?? '']);
  for (const each of [site, neighbour]) {
    await post(each, `/domains/${VICTIM}/look`);
    await expect.poll(async () => (await domainsOf(site))[0]?.problem, SOON).toMatch(/no TXT record/);
  }
  await expect.poll(() => stateOf(neighbour, VICTIM), { timeout: 60_000 }).toBe('secure');
  expect(await stateOf(site, VICTIM)).toBe('unproved');
});

test('a domain follows its site to another name, and ends with it', async () => {
  const site = await launch();
  setRecords(await add(site, MOVING), { proof: true, address: true });
  await expect.poll(() => stateOf(site, MOVING), SOON).toBe('secure');
  const renamed = { ...site, name: `moved-${site.name}`.slice(0, 28) };
  expect((await post(site, '/rename', { name: renamed.name })).status).toBe(200);
  await expect.poll(() => httpsOf(MOVING), SOON).toBe('200');
  expect(await stateOf(renamed, MOVING)).toBe('secure');
  await remove(renamed);
  await expect.poll(() => httpsOf(MOVING), SOON).toMatch(NO_CERTIFICATE);
});

test('what is no name of DNS, or one of ours, is refused with what is wrong', async ({ site }) => {
  const names = [
    '',
    'com',
    'https://a.example.org',
    '*.example.org',
    '127.0.0.1',
    'x.localhost',
    site.name,
    'a\nb.org',
  ];
  for (const name of names) {
    const refused = await post(site, '/domains', { name });
    expect({ name, status: refused.status }).toEqual({ name, status: 400 });
    expect(((await refused.json()) as { error: { hint: string } }).error.hint).not.toBe('');
  }
  expect(await domainsOf(site)).toEqual([]);
  expect((await api(site, '/domains/none.example.org', { method: 'DELETE' })).status).toBe(404);
  await query(
    `insert into "Domain" ("siteId", name, proof, "lookAt") select s.id, 'd' || n || '.example.org', 'x', now() + interval '1 day'
     from "Site" s, generate_series(1, 20) n where s.name = $1`,
    [site.name],
  );
  const full = await post(site, '/domains', { name: 'one-more.example.org' });
  expect([full.status, ((await full.json()) as { error: { code: string } }).error.code]).toEqual([
    409,
    'too-many-domains',
  ]);
});
