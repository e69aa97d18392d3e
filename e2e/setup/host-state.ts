// What an attack from inside a site must leave as it was: the neighbour's answers, the engine, the host's memory and its
// disk. And what the kernel holds about one container, read on the host itself.

import { readdir, readFile, stat, statfs } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseSettings } from '#lib/env.ts';
import { expect, get, type Site } from './fixtures.ts';
import { must } from './programs.ts';
import { TEST_INSTANCE } from './test-instance.ts';

export const MB = 1 << 20;
export const SETTINGS = parseSettings(TEST_INSTANCE);
/** What btrfs adds to a site's bytes on the host: trees, and pieces handed out and not yet written. */
export const DISK_SLACK_BYTES = 64 * MB;
/** What the pool's trees touch, once, of the piece that is kept for them (workers/host/metadata-room.ts). */
export const TREES_BYTES = 256 * MB;

const CGROUPS = '/sys/fs/cgroup';
const PARENT = `lightkeeper-${SETTINGS.instance}`;

export interface HostState {
  /** Of everything the instance has on the host's own filesystem, the pool's file included. */
  footprintBytes: number;
  poolBytesUsed: number;
  memoryBytesAvailable: number;
  engineMemoryBytes: number;
  engineCpuSeconds: number;
}

export async function readHost(): Promise<HostState> {
  const pool = await statfs(SETTINGS.paths.pool);
  const enginePid = Number(await readFile(path.join(SETTINGS.paths.run, 'dockerd.pid'), 'utf8'));
  return {
    footprintBytes: await readFootprint(),
    poolBytesUsed: pool.bsize * (pool.blocks - pool.bfree),
    memoryBytesAvailable: await kibibytesOf('/proc/meminfo', 'MemAvailable'),
    engineMemoryBytes: await kibibytesOf(`/proc/${enginePid}/status`, 'VmRSS'),
    engineCpuSeconds: await cpuSecondsOf(enginePid),
  };
}

/** proc_pid_stat(5): utime and stime, in hundredths. */
async function cpuSecondsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [userTicks = 0, systemTicks = 0] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14).map(Number);
  return (userTicks + systemTicks) / 100;
}

/**
 * Not the free space of the filesystem, which everybody on the machine changes: what this instance holds of it. Files
 * that go away while du looks are no fault.
 */
async function readFootprint(): Promise<number> {
  const text = await must('sh', ['-c', 'du -sx --block-size=1 -- "$1" 2>/dev/null || true', 'du', SETTINGS.dataDir]);
  return Number.parseInt(text, 10);
}

async function kibibytesOf(file: string, name: string): Promise<number> {
  const line = (await readFile(file, 'utf8')).split('\n').find((candidate) => candidate.startsWith(`${name}:`));
  return Number(line?.match(/\d+/)?.[0]) * 1024;
}

/**
 * HOST OK: a neighbour and the product's own page answer within a second, the engine within two, its memory has not
 * grown, and the host has its memory and the pool its bytes back within a minute (`heldBytes`: what the site still has).
 */
export async function expectHostOk(before: HostState, neighbour: Site, heldBytes = { disk: 0, memory: 0 }) {
  await expectQuick('the neighbour', 1_000, async () => expect((await get(neighbour.address)).status).toBe(200));
  await expectQuick('the product', 1_000, async () =>
    expect((await get(`${SETTINGS.appUrl}/healthz`)).status).toBe(200),
  );
  await expectQuick('the engine', 2_000, async () => expect(await listContainers()).not.toEqual([]));
  await expect
    .poll(
      async () => {
        const now = await readHost();
        const memory = before.memoryBytesAvailable - now.memoryBytesAvailable - heldBytes.memory;
        return {
          poolIsBack: now.poolBytesUsed - before.poolBytesUsed - heldBytes.disk < DISK_SLACK_BYTES,
          memoryIsBack: memory < 0.05 * before.memoryBytesAvailable,
          engineIsSmall: now.engineMemoryBytes - before.engineMemoryBytes < 50 * MB,
        };
      },
      { message: 'the host is as before', timeout: 60_000, intervals: [200, 1_000] },
    )
    .toEqual({ poolIsBack: true, memoryIsBack: true, engineIsSmall: true });
}

async function expectQuick(who: string, msMax: number, ask: () => Promise<unknown>): Promise<void> {
  const start = performance.now();
  await ask();
  expect(performance.now() - start, `${who} answers within ${msMax} ms`).toBeLessThan(msMax);
}

/** Asks the site every 20 ms until stopped; `p95Ms` is of the answers. */
export function pulse(site: Site): { stop(): Promise<{ asked: number; failed: string[]; p95Ms: number }> } {
  const times: number[] = [];
  const failed: string[] = [];
  let stopped = false;
  const asking = (async () => {
    while (!stopped) {
      const start = performance.now();
      const answer = await get(site.address).catch((error: Error) => ({ status: 0, body: error.message }));
      times.push(performance.now() - start);
      if (answer.status !== 200) failed.push(`${answer.status} ${answer.body.slice(0, 80)}`);
      await sleep(20);
    }
  })();
  return {
    async stop() {
      stopped = true;
      await asking;
      times.sort((a, b) => a - b);
      return { asked: times.length, failed, p95Ms: times[Math.floor(times.length * 0.95)] ?? 0 };
    },
  };
}

export interface Container {
  id: string;
  siteId: string;
  /** Of its first process, on the host. */
  pid: number;
  /** As the engine says: running, paused. */
  status: string;
  address: string;
}

/** The container behind a site, as the engine on the host has it. */
export async function containerOf(site: Site): Promise<Container> {
  for (const id of await listContainers()) {
    const found = await readContainer(id);
    if (found?.hostname === site.name) return found;
  }
  throw new Error(`there is no container of ${site.name}`);
}

export async function readContainer(id: string): Promise<(Container & { hostname: string }) | null> {
  const answer = (await askEngine(`/containers/${id}/json`)) as {
    Config?: { Hostname: string; Labels: Record<string, string> };
    State: { Pid: number; Status: string };
    NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
  };
  if (!answer.Config) return null;
  return {
    id,
    hostname: answer.Config.Hostname,
    siteId: answer.Config.Labels['lightkeeper.site'] ?? '',
    pid: answer.State.Pid,
    status: answer.State.Status,
    address: Object.values(answer.NetworkSettings.Networks)[0]?.IPAddress ?? '',
  };
}

/** The pid on the host of a container's process with this command line. */
export async function findProcess({ pid: first }: Container, commandLine: string): Promise<string | null> {
  const namespace = await stat(`/proc/${first}/ns/pid`);
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''); // ended meanwhile
    if (text.replaceAll('\0', ' ').trim() !== commandLine) continue;
    const own = await stat(`/proc/${pid}/ns/pid`).catch(() => null);
    if (own?.ino === namespace.ino) return pid;
  }
  return null;
}

async function listContainers(): Promise<string[]> {
  return ((await askEngine('/containers/json')) as { Id: string }[]).map(({ Id }) => Id);
}

/** How often the site's container was started in the last seconds, as far as the engine remembers (256 events). */
export async function countStarts({ siteId }: Pick<Container, 'siteId'>, seconds: number): Promise<number> {
  const now = Math.ceil(Date.now() / 1000);
  const filters = { type: ['container'], event: ['start'], label: [`lightkeeper.site=${siteId}`] };
  const query = `since=${now - seconds}&until=${now}&filters=${encodeURIComponent(JSON.stringify(filters))}`;
  return (await readEngine(`/events?${query}`)).split('\n').filter(Boolean).length;
}

async function askEngine(place: string): Promise<unknown> {
  return JSON.parse(await readEngine(place));
}

/** The engine's API without a client: its socket is on this host only. */
function readEngine(place: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.get({ socketPath: SETTINGS.paths.engineSocket, path: place, timeout: 10_000 }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      response.on('end', () => resolve(body));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error('the engine did not answer in 10 s')));
    request.on('error', reject);
  });
}

export interface KernelLimits {
  memoryBytes: number;
  swapBytes: number;
  pids: number;
  cpuMillis: number;
}

/** Null when the container has no cgroup. cgroup v1: memory.rst, pids.rst, sched-bwc.rst; v2: cgroup-v2.rst. */
export async function readKernelLimits(containerId: string): Promise<KernelLimits | null> {
  const read = (controller: string, file: string) =>
    readFile(path.join(CGROUPS, controller, PARENT, containerId, file), 'utf8').then(
      (text) => text.trim(),
      () => null,
    );
  if (await isUnified()) {
    const files = ['memory.max', 'memory.swap.max', 'pids.max', 'cpu.max'];
    const [memory, swap, pids, cpu] = await Promise.all(files.map((file) => read('', file)));
    if (!memory || !swap || !pids || !cpu) return null;
    const [quota = 0, period = 0] = cpu.split(' ').map(Number);
    const cpuMillis = (quota / period) * 1000;
    return { memoryBytes: Number(memory), swapBytes: Number(swap), pids: Number(pids), cpuMillis };
  }
  const [memory, both, pids, quota, period] = await Promise.all([
    read('memory', 'memory.limit_in_bytes'),
    read('memory', 'memory.memsw.limit_in_bytes'),
    read('pids', 'pids.max'),
    read('cpu', 'cpu.cfs_quota_us'),
    read('cpu', 'cpu.cfs_period_us'),
  ]);
  if (!memory || !both || !pids || !quota || !period) return null;
  return {
    memoryBytes: Number(memory),
    swapBytes: Number(both) - Number(memory),
    pids: Number(pids),
    cpuMillis: (Number(quota) / Number(period)) * 1000,
  };
}

/** What the scheduler is told of it: whether it stands behind the others, and its shares or weight. */
export async function readCpuGroup(containerId: string): Promise<{ isBehind: boolean; share: number }> {
  const [controller, name] = (await isUnified()) ? ['', 'cpu.weight'] : ['cpu', 'cpu.shares'];
  const read = (file: string) => readFile(path.join(CGROUPS, controller, PARENT, containerId, file), 'utf8');
  const [idle, share] = await Promise.all([read('cpu.idle'), read(name)]);
  return { isBehind: idle.trim() === '1', share: Number(share) };
}

/** How many processes and threads a container has. */
export async function readPids(containerId: string): Promise<number> {
  return Number(await readFile(path.join(await pidsDir(), containerId, 'pids.current'), 'utf8'));
}

/** Containers that the kernel knows, and their processes on the host. */
export async function listCgroups(): Promise<Map<string, number[]>> {
  const dir = await pidsDir();
  const ids = (await readdir(dir)).filter((name) => /^[0-9a-f]{64}$/.test(name));
  const texts = await Promise.all(
    ids.map((id) => readFile(path.join(dir, id, 'cgroup.procs'), 'utf8').catch(() => '')),
  );
  return new Map(ids.map((id, index) => [id, (texts[index] ?? '').split('\n').filter(Boolean).map(Number)]));
}

async function pidsDir(): Promise<string> {
  return path.join(CGROUPS, (await isUnified()) ? '' : 'pids', PARENT);
}

async function isUnified(): Promise<boolean> {
  return (await statfs(CGROUPS)).type === 0x6367_7270;
}
