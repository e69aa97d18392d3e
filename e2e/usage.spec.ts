// What the keeper says of a site is what the site did: visits, CPU, memory and network, seen from the outside.

import { setTimeout as sleep } from 'node:timers/promises';
import { query } from './setup/database.ts';
import { api, expect, get, ssh, test } from './setup/fixtures.ts';

const SOON = { timeout: 30_000, intervals: [250] };
const MB = 1 << 20;
const TWO_READINGS_MS = 6_000;

interface Row {
  requestsPerMinute: number;
  p95Millis: number | null;
  cpuMicros: number;
  memoryBytes: number;
  rxBytes: number;
  txBytes: number;
  pids: number;
  inodes: number | null;
}

async function usageOf(name: string): Promise<Row> {
  const [row] = await query<Row>(
    `select "requestsPerMinute", "p95Millis", "cpuMicros"::float, "memoryBytes"::float, "rxBytes"::float,
       "txBytes"::float, pids, u.inodes from "Usage" u join "Site" s on s.id = u."siteId" where s.name = $1`,
    [name],
  );
  if (!row) throw new Error(`no usage of ${name}`);
  return row;
}

test('visits are counted within seconds, each once, and only of the site that was visited', async ({
  site,
  neighbour,
}) => {
  // Whoever launches visits until the site answers.
  for (const each of [site, neighbour])
    await expect.poll(async () => (await usageOf(each.name)).requestsPerMinute, SOON).toBeGreaterThan(0);
  await sleep(TWO_READINGS_MS); // The last of those visits are counted too.
  const before = (await usageOf(site.name)).requestsPerMinute;
  const quiet = (await usageOf(neighbour.name)).requestsPerMinute;
  for (let visit = 0; visit < 23; visit += 1) expect((await get(site.address)).status).toBe(200);
  await expect.poll(async () => (await usageOf(site.name)).requestsPerMinute, SOON).toBeGreaterThanOrEqual(23);
  const after = await usageOf(site.name);
  expect(after.requestsPerMinute).toBeLessThanOrEqual(before + 23);
  expect(after.p95Millis).toBeGreaterThan(0);
  expect((await usageOf(neighbour.name)).requestsPerMinute).toBeLessThanOrEqual(quiet);
  const { site: view } = (await (await api(site, '')).json()) as { site: { usage: { requestsPerMinute: number } } };
  expect(view.usage.requestsPerMinute).toBeGreaterThanOrEqual(23);
  const [point] = await query<{ active: boolean }>(
    `select "activeAt" > now() - interval '1 minute' as active from "Site" where name = $1`,
    [site.name],
  );
  expect(point?.active).toBe(true);
});

test('CPU, memory and network are what the site used', async ({ site }) => {
  const before = await usageOf(site.name);
  const burn = `import time
while time.process_time() < 2: pass
hold = bytearray(${40 * MB})
time.sleep(12)`;
  const burning = ssh(site, 'exec python3 -', { input: burn, timeoutMs: 60_000 });
  await expect.poll(async () => (await usageOf(site.name)).cpuMicros - before.cpuMicros, SOON).toBeGreaterThan(2e6);
  await expect
    .poll(async () => (await usageOf(site.name)).memoryBytes - before.memoryBytes, SOON)
    .toBeGreaterThan(38 * MB);
  const during = await usageOf(site.name);
  expect(during.cpuMicros - before.cpuMicros).toBeLessThan(4e6);
  expect(during.memoryBytes - before.memoryBytes).toBeLessThan(70 * MB);
  expect((await burning).code).toBe(0);
  // Before, what started the site may still have been there.
  await expect.poll(async () => (await usageOf(site.name)).pids, SOON).toBeLessThan(during.pids);
  await expect
    .poll(async () => (await usageOf(site.name)).memoryBytes - before.memoryBytes, SOON)
    .toBeLessThan(20 * MB);

  const { txBytes } = await usageOf(site.name);
  const page = (await get(site.address)).body.length;
  for (let visit = 0; visit < 200; visit += 1) await get(site.address);
  await expect.poll(async () => (await usageOf(site.name)).txBytes - txBytes, SOON).toBeGreaterThan(200 * page);
  expect((await usageOf(site.name)).txBytes - txBytes).toBeLessThan(201 * (page + 2_000));
});
