import { runMigrations } from 'graphile-worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedPlans } from '../../prisma/seed.ts';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { parseSettings } from '../env.ts';
import { launch } from '../sites/launch.ts';
import { readFacts } from './facts.ts';
import { renderMetrics } from './render.ts';
import { parseExposition } from './testing/exposition.ts';

const MB = 2n ** 20n;
const settings = parseSettings({ LIGHTKEEPER_SECRET: 's'.repeat(32) });
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await runMigrations({ connectionString: database.url });
  await seedPlans(database.db);
});
afterAll(() => database.drop());

async function scrape() {
  return parseExposition(await renderMetrics(await readFacts(database.db, settings)));
}

test('before the first reading and the first site there are metrics all the same', async () => {
  const samples = await scrape();
  expect(samples).toContainEqual({ name: 'lightkeeper_ready_sites', labels: {}, value: 0 });
  expect(samples.some(({ name }) => name.startsWith('lightkeeper_host_'))).toBe(false);
});

test('host, keeper, states, verdicts and each site with use and limits are told in base units', async () => {
  const { db } = database;
  const { site } = await launch({ db, settings }, { owner: null, name: null, address: '192.0.2.1', key: null });
  await db.site.update({ where: { id: site.id }, data: { state: 'live', rest: 'frozen', memoryBytesMax: 64n * MB } });
  const usage = {
    diskBytes: 5n * MB,
    memoryBytes: 7n * MB,
    pids: 9,
    cpuMicros: 1_500_000n,
    cpuMillis: 250,
    p95Millis: 12,
  };
  await db.usage.create({ data: { siteId: site.id, ...usage, readAt: new Date() } });
  const said = { text: 't', hint: 'h', numbers: {} };
  await db.verdict.create({ data: { siteId: site.id, kind: 'disk', level: 'warn', ...said } });
  const memory = { memoryBytes: 1024n * MB, memoryBytesUsed: 512n * MB };
  const pool = { poolBytes: 2048n * MB, poolBytesFree: 1024n * MB, diskKind: 'btrfs' };
  const reading = { readMillis: 40, readCpuMicros: 20_000, readAt: new Date(Date.now() - 3_000) };
  await db.host.create({ data: { node: 'local', cpuCount: 2, cpuMillis: 500, ...memory, ...pool, ...reading } });

  const samples = await scrape();
  const value = (name: string, labels: Record<string, string> = {}) =>
    samples.find((one) => one.name === `lightkeeper_${name}` && JSON.stringify(one.labels) === JSON.stringify(labels))
      ?.value;
  const of = { site: site.name };
  expect(value('host_cpu_used_cores')).toBe(0.5);
  expect(value('host_memory_used_bytes')).toBe(Number(512n * MB));
  expect(value('keeper_reading_age_seconds')).toBeGreaterThanOrEqual(3);
  expect(value('keeper_reading_cpu_seconds')).toBe(0.02);
  expect(value('promised_memory_bytes'), 'a frozen site is promised what it uses').toBe(Number(7n * MB));
  expect(value('sites', { state: 'live', rest: 'frozen', held_by: 'nobody' })).toBe(1);
  expect(value('verdicts', { kind: 'disk', level: 'warn' })).toBe(1);
  expect(value('site_disk_bytes', of)).toBe(Number(5n * MB));
  expect(value('site_memory_limit_bytes', of)).toBe(Number(64n * MB));
  expect(value('site_cpu_seconds_total', of)).toBe(1.5);
  expect(value('site_request_p95_seconds', of)).toBe(0.012);
  expect(value('site_inodes', of)).toBeUndefined();
});

test.each([
  'no_type 1\n',
  '# TYPE a gauge\n# HELP a b\na{x="1",x="2"} 1\n',
  'a 1',
  '# HELP a b\n# TYPE a gauge\na one\n',
])('the reader of these tests refuses %j', (text) => {
  expect(() => parseExposition(text)).toThrow();
});
