// One reading of everything: a sweep over the cgroups, the disks with one call, what the proxy counted. Whatever is away
// (engine, PostgreSQL, proxy, a disk that is busy) leaves its last figures standing; the rest is read all the same.

import type { Disk, DiskUsage } from '#lib/disk/disk.ts';
import type { Log } from '#lib/log.ts';
import type { NetworkRefusals } from '#lib/network/network.ts';
import type { CgroupReader } from '#lib/usage/cgroup.ts';
import type { ContainerSample } from '#lib/usage/cgroup-files.ts';
import { type Metered, meter, NO_COUNTERS, remember } from '#lib/usage/meter.ts';
import type { ProcessObservation, ProcessWatch } from '#lib/usage/processes.ts';
import type { SiteReading } from '#lib/usage/reading.ts';
import type { Traffic } from '#lib/usage/traffic.ts';
import type { Instances } from './instances.ts';

export interface SiteReaderDeps {
  cgroups: CgroupReader;
  instances: Instances;
  disk: Pick<Disk, 'usageOfAll'>;
  processes: ProcessWatch;
  /** Since it was last asked. */
  traffic: () => Promise<ReadonlyMap<string, Traffic>>;
  /** By site, since it was last asked. */
  refusals: () => Promise<ReadonlyMap<string, NetworkRefusals>>;
  growth: { add(siteId: string, atMs: number, bytes: number): number; keepOnly(siteIds: ReadonlySet<string>): void };
  log: Log;
  nowMs: () => number;
}

export interface SiteReader {
  read(): Promise<{ sites: SiteReading[]; traffic: ReadonlyMap<string, Traffic> }>;
}

/** What a container does in less CPU time than this, the processes of its app did not start or log much. */
const CALM_MICROS = 10_000;
const CALM_MS = 10_000;
/** The disks are a program's run: it is spared in every second reading while none of them moves. */
const DISKS_EVERY_MS = 5_500;
const MOVED_BYTES = 1 << 20;

const NONE: ContainerSample = { ...NO_COUNTERS, memoryBytes: 0, pids: 0, periods: 0, throttledPeriods: 0, opened: 0 };
const NO_REFUSALS: NetworkRefusals = { closed: 0, connections: 0, bandwidth: 0 };

/** `known`: the counters that an earlier process read last, by container. */
export function createSiteReader(deps: SiteReaderDeps, known: ReadonlyMap<string, Metered>): SiteReader {
  const { cgroups, nowMs } = deps;
  const before = new Map(known);
  const watched = new Map<string, { cpuMicros: number; atMs: number }>();
  const readDisks = createDiskReading(deps);
  let isFirst = true;

  const observe = (instanceId: string, cpuMicros: number): ProcessObservation => {
    const last = watched.get(instanceId);
    const isCalm = last && Math.abs(cpuMicros - last.cpuMicros) < CALM_MICROS && nowMs() - last.atMs < CALM_MS;
    if (isCalm) return { appRestarts: 0, logBytesPerSecond: 0 };
    watched.set(instanceId, { cpuMicros, atMs: nowMs() });
    return deps.processes.observe(instanceId, cgroups.pidsOf(instanceId));
  };

  const meterOne = (instanceId: string, sample: ContainerSample, atMs: number) => {
    const result = meter(sample, before.get(instanceId) ?? (isFirst ? null : 'born'), atMs);
    before.set(instanceId, remember(sample, atMs));
    return result;
  };

  return {
    async read() {
      const disks = await readDisks();
      const [traffic, refusals] = await Promise.all([deps.traffic(), deps.refusals()]);
      const atMs = nowMs();
      const samples = cgroups.read(atMs);
      const sites = await deps.instances.sitesOf(samples.keys());
      const containers = new Map([...sites].map(([instanceId, siteId]) => [siteId, instanceId]));
      const at = new Date();
      const readings = [...new Set([...disks.keys(), ...containers.keys()])].map((siteId): SiteReading => {
        const instanceId = containers.get(siteId) ?? null;
        const sample = (instanceId && samples.get(instanceId)) || NONE;
        const metered = meterOne(instanceId ?? siteId, sample, atMs);
        const disk = disks.get(siteId);
        const visits = traffic.get(siteId);
        return {
          siteId,
          instanceId,
          at,
          ...metered,
          diskBytes: disk?.bytes ?? 0,
          inodes: disk?.inodes ?? null,
          memoryBytes: sample.memoryBytes,
          pids: sample.pids,
          ...(instanceId ? observe(instanceId, sample.cpuMicros) : { appRestarts: 0, logBytesPerSecond: 0 }),
          refused: refusals.get(siteId) ?? NO_REFUSALS,
          requests: visits?.requests ?? 0,
          errors: visits?.errors ?? 0,
          openRequests: visits?.openRequests ?? 0,
          diskBytesPerHour: deps.growth.add(siteId, atMs, disk?.bytes ?? 0),
        };
      });
      forgetGone(samples, new Set(readings.map(({ siteId }) => siteId)));
      isFirst = false;
      return { sites: readings, traffic };
    },
  };

  function forgetGone(samples: ReadonlyMap<string, ContainerSample>, siteIds: ReadonlySet<string>): void {
    for (const id of before.keys()) if (!samples.has(id) && !siteIds.has(id)) before.delete(id);
    for (const id of watched.keys()) if (!samples.has(id)) watched.delete(id);
    deps.processes.keepOnly(new Set(samples.keys()));
    deps.growth.keepOnly(siteIds);
  }
}

function createDiskReading({ disk, log, nowMs }: SiteReaderDeps): () => Promise<ReadonlyMap<string, DiskUsage>> {
  let disks: ReadonlyMap<string, DiskUsage> = new Map();
  let dueMs = Number.NEGATIVE_INFINITY;
  return async () => {
    if (nowMs() < dueMs) return disks;
    const startMs = nowMs();
    const before = disks;
    disks = await disk.usageOfAll().catch((error) => {
      log.warn({ cause: String(error) }, 'the disks could not be read');
      return disks;
    });
    dueMs = hasMoved(before, disks) ? startMs : startMs + DISKS_EVERY_MS;
    return disks;
  };
}

function hasMoved(before: ReadonlyMap<string, DiskUsage>, now: ReadonlyMap<string, DiskUsage>): boolean {
  return [...now].some(([siteId, { bytes }]) => Math.abs(bytes - (before.get(siteId)?.bytes ?? 0)) >= MOVED_BYTES);
}
