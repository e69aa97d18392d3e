// What the keeper's readings cost: its own loop over 300 cgroups with a process each, 300 real disks, the instance's
// PostgreSQL, proxy and firewall. Of an engine there is only its list of containers, which the keeper asks for once.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { pino } from 'pino';
import { openDb } from '#lib/db/client.ts';
import { migrate } from '#lib/db/migrate.ts';
import { openTestPool, type TestPool } from '#lib/disk/test-pool.ts';
import { parseSettings, type Settings } from '#lib/env.ts';
import { openReadingLoop, READ_MS } from '#workers/keeper/reading-loop.ts';
import { seedPlans } from '../../prisma/seed.ts';
import { must } from '../setup/programs.ts';
import { type BareContainers, cpuMillis, openBareContainers } from './containers.ts';
import { type Figure, summarize } from './measure.ts';

const SITES = 300;
const ROUNDS = 3;
const READINGS = 4;
/** Opening every file, the first look at every process, the compiler, and the first count of every disk's inodes. */
const WARM_UP_MAX = 25;
const MB = 1 << 20;
const DATABASE = 'keeper_bench';

/** CPU time with that of the programs it runs; PostgreSQL's own is not in it. */
export async function benchKeeper(instance: Record<string, string>): Promise<Figure[]> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'lightkeeper-bench-keeper-'));
  const settings = parseSettings(instance);
  settings.paths.requestsSocket = path.join(dir, 'requests.sock');
  const url = await makeDatabase(settings);
  const pool = await openTestPool('btrfs');
  const containers = await openBareContainers(SITES);
  try {
    const sites = await makeSites(url.href, containers, pool);
    const values = await measure(settings, url.href, containers, pool, sites);
    const [ours, raw] = [summarize(values.product), summarize(values.raw)];
    const rawIs = 'cat of the same files, one qgroup show';
    const share = (ms: number) => (100 * ms) / READ_MS;
    const shares = values.product.map(share);
    return [
      {
        name: `a reading of ${SITES} sites, CPU`,
        unit: 'ms',
        product: ours,
        raw,
        rawIs,
        ratio: ours.median / raw.median,
      },
      {
        name: `… every ${READ_MS / 1000} s, of one core`,
        unit: '%',
        product: summarize(shares),
        raw: summarize(values.raw.map(share)),
        rawIs,
        ratio: ours.median / raw.median,
      },
    ];
  } finally {
    await containers.close();
    await pool.close();
    await rm(dir, { recursive: true, force: true });
    await inAdmin(url, `drop database ${DATABASE} with (force)`);
  }
}

async function measure(
  settings: Settings,
  url: string,
  containers: BareContainers,
  pool: TestPool,
  sites: ReadonlyMap<string, string>,
): Promise<{ product: number[]; raw: number[] }> {
  const db = openDb(url, 3);
  const engine = { instances: async () => new Map(sites) };
  const log = pino({ level: 'warn' }, pino.destination(2));
  const deps = { db, engine, disk: pool.disk, settings, cgroups: containers.place, log };
  const loop = await openReadingLoop(deps, []);
  const values = { product: [] as number[], raw: [] as number[] };
  const readFor = async (readings: number) => {
    const start = await cpuMillis();
    for (let reading = 0; reading < readings; reading += 1) {
      await loop.read();
      await sleep(READ_MS);
    }
    return ((await cpuMillis()) - start) / readings;
  };
  try {
    for (let reading = 0; reading < WARM_UP_MAX; reading += 1) {
      await readFor(1);
      if ((await db.usage.count({ where: { inodes: { not: null } } })) === SITES) break;
    }
    for (let round = 0; round < ROUNDS; round += 1) {
      values.raw.push(await readByHand(containers, pool));
      values.product.push(await readFor(READINGS));
    }
    const written = await db.usage.count();
    if (written !== SITES) throw new Error(`${written} of ${SITES} sites were written`);
  } finally {
    await loop.close();
    await db.$disconnect();
  }
  return values;
}

/** Ten times, because a program's time is told in hundredths of a second. */
async function readByHand({ files }: BareContainers, pool: TestPool): Promise<number> {
  const start = await cpuMillis();
  for (let time = 0; time < 10; time += 1) {
    await must('cat', ['--', ...files]);
    await must('btrfs', ['qgroup', 'show', '-re', '--raw', pool.deps.poolDir]);
  }
  return ((await cpuMillis()) - start) / 10;
}

/** A site with a disk for each container; answers the site by the container's id. */
async function makeSites(url: string, { ids }: BareContainers, pool: TestPool): Promise<Map<string, string>> {
  const db = openDb(url);
  await seedPlans(db);
  const plan = await db.plan.findFirstOrThrow();
  const sites = new Map<string, string>();
  for (const [index, instanceId] of ids.entries()) {
    const data = {
      name: `bench-${index}`,
      planName: plan.name,
      sshPort: 40_000 + index,
      sealedPassword: '',
      sealedToken: '',
    };
    const { id } = await db.site.create({ data });
    await pool.disk.create(id, { diskBytesMax: 64 * MB, inodesMax: 10_000, held: false });
    sites.set(instanceId, id);
  }
  await db.$disconnect();
  return sites;
}

async function makeDatabase({ dataDir }: Settings): Promise<URL> {
  const url = new URL((await readFile(path.join(dataDir, 'env/DATABASE_URL'), 'utf8')).trim());
  url.pathname = `/${DATABASE}`;
  await inAdmin(url, `drop database if exists ${DATABASE} with (force)`);
  await inAdmin(url, `create database ${DATABASE}`);
  await migrate(url.href);
  return url;
}

async function inAdmin(url: URL, sql: string): Promise<void> {
  const admin = new URL(url);
  admin.pathname = '/postgres';
  const client = new Client({ connectionString: admin.href });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
