// The whole product with a hundred running sites: what a reading of all of them costs, how soon the operator's page shows
// them, and how long it takes from a refused write to the sentence on the owner's page.

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '../setup/database.ts';
import { must, run } from '../setup/programs.ts';
import { openBrowser, signIn, untilSeen } from './dashboard.ts';
import { APP_URL, BENCH_INSTANCE, launch, remove, type Site, untilServed } from './instance.ts';
import { compare, type Figure, summarize, timed } from './measure.ts';

const SITES = 100;
const READINGS = 12;
const dataDir = BENCH_INSTANCE.LIGHTKEEPER_DATA_DIR;
const CGROUPS = `/sys/fs/cgroup/memory/lightkeeper-${BENCH_INSTANCE.LIGHTKEEPER_INSTANCE}`;

export async function benchHundred(): Promise<Figure[]> {
  const sites: Site[] = [];
  try {
    while (sites.length < SITES) sites.push(await launch());
    for (const site of sites) await untilServed(site.address, '', 600_000);
    await untilSettled();
    return [...(await readings()), ...(await dashboard()), ...(await sentences(sites.slice(0, 7)))];
  } finally {
    for (const site of sites) await remove(site);
  }
}

/** The pool of ready sites is full again, and the keeper has counted every disk's files. */
async function untilSettled(): Promise<void> {
  for (let attempt = 0; attempt < 120; attempt += 1) {
    const [row] = await query<{ open: number }>(
      `select count(*)::int as open from "Site" s left join "Usage" u on u."siteId" = s.id
       where s.state <> 'live' or u.inodes is null`,
      [],
      { dataDir },
    );
    if (row?.open === 0) return sleep(10_000);
    await sleep(1_000);
  }
  throw new Error('the sites do not settle');
}

/** What the keeper says of its own readings, beside the plainest reading of five files a container. */
async function readings(): Promise<Figure[]> {
  const values = { wall: [] as number[], cpu: [] as number[], raw: [] as number[] };
  const files = ['memory.usage_in_bytes', 'memory.stat', 'memory.oom_control', 'memory.failcnt', 'cgroup.procs'];
  const containers = (await readdir(CGROUPS, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const places = containers.flatMap(({ name }) => files.map((file) => path.join(CGROUPS, name, file)));
  let readAt = 0;
  while (values.wall.length < READINGS) {
    const [host] = await query<{ at: Date; wall: number; cpu: number }>(
      `select "readAt" as at, "readMillis" as wall, "readCpuMicros" / 1000.0 as cpu from "Host"`,
      [],
      { dataDir },
    );
    if (host && host.at.getTime() !== readAt) {
      readAt = host.at.getTime();
      values.wall.push(host.wall);
      values.cpu.push(Number(host.cpu));
      values.raw.push(await timed(() => must('cat', places)));
    }
    await sleep(200);
  }
  const raw = summarize(values.raw);
  const figure = (name: string, list: number[]): Figure => {
    const product = summarize(list);
    return { name, unit: 'ms', product, raw, rawIs: 'cat of five files each', ratio: product.median / raw.median };
  };
  const count = containers.length;
  return [figure(`a reading of ${count} containers`, values.wall), figure(`… its CPU`, values.cpu)];
}

async function dashboard(): Promise<Figure[]> {
  const secrets = JSON.parse(await readFile(path.join(dataDir, 'secrets.json'), 'utf8')) as { adminSecret: string };
  const browser = await openBrowser();
  try {
    const context = await signIn(browser, APP_URL, secrets.adminSecret);
    const pictures = await context.newPage();
    for (const scheme of ['dark', 'light'] as const) {
      await pictures.emulateMedia({ colorScheme: scheme });
      await pictures.goto(`${APP_URL}/admin`);
      await pictures.locator('[data-whole="true"]').first().waitFor();
      await sleep(1_500); // The charts draw themselves.
      await pictures.screenshot({ path: `/tmp/lightkeeper-dashboard-${scheme}.png` });
    }
    await pictures.close();
    const whole = () => untilSeen(context, `${APP_URL}/admin`, '[data-whole="true"]');
    const plain = () => untilSeen(context, `${APP_URL}/admin/audit`, 'h1');
    return [await compare('dashboard, all rows there', 'a page without rows, seen', 9, whole, plain)];
  } finally {
    await browser.close();
  }
}

/** From the end of `dd`, which the kernel refused, to the verdict in the page's event stream. */
async function sentences(sites: Site[]): Promise<Figure[]> {
  const values = { product: [] as number[], raw: [] as number[] };
  for (const site of sites) {
    const told = await hear(site, /"kind":"disk","level":"over"/);
    await ssh(site, 'dd if=/dev/zero of=~/filler bs=1M');
    const refusedAt = performance.now();
    values.raw.push(await timed(() => must('btrfs', ['filesystem', 'sync', `${dataDir}/pool`])));
    values.product.push((await told.at) - refusedAt);
    told.stop();
    await ssh(site, 'rm ~/filler');
  }
  const [product, raw] = [summarize(values.product), summarize(values.raw)];
  const ratio = product.median / raw.median;
  return [
    {
      name: 'disk full → sentence on the page',
      unit: 'ms',
      product,
      raw,
      rawIs: 'btrfs has written its counters',
      ratio,
    },
  ];
}

/** Listens to the site's events as its page does, until one matches. */
async function hear(site: Site, pattern: RegExp): Promise<{ at: Promise<number>; stop(): void }> {
  const abort = new AbortController();
  const headers = { authorization: `Bearer ${site.token}` };
  const { body } = await fetch(`${APP_URL}/api/sites/${site.name}/events`, { headers, signal: abort.signal });
  const read = async () => {
    let text = '';
    for await (const bytes of body ?? []) {
      text = (text + Buffer.from(bytes).toString()).slice(-1_000_000);
      if (pattern.test(text)) return performance.now();
    }
    throw new Error('the stream ended');
  };
  const timeout = setTimeout(() => abort.abort(), 60_000);
  return { at: read().finally(() => clearTimeout(timeout)), stop: () => abort.abort() };
}

function ssh(site: Site, command: string) {
  const quiet = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'];
  const args = ['-p', site.ssh.password, 'ssh', '-F', '/dev/null', ...quiet, '-p', String(site.ssh.port)];
  return run('sshpass', [...args, 'root@localhost', command], { timeoutMs: 120_000 });
}
