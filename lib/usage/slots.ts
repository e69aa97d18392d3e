// Gathers readings into spans of ten seconds, which are written when they are over, and knows the last minute's
// requests. Pure but for its memory, which is bounded: what the database could not take for long is lost.

import { addLatencies, countOf, type Latency, quantile } from './latency.ts';
import type { HostReading, SiteReading } from './reading.ts';
import type { Traffic } from './traffic.ts';

export const SLOT_SECONDS = 10;
const SLOT_MS = SLOT_SECONDS * 1000;
/** Five minutes for PostgreSQL to come back. */
const WAITING_MAX = 30;
const RECENT_SLOTS = 6;

export interface SitePoint {
  siteId: string;
  diskBytes: number;
  inodes: number | null;
  memoryBytes: number;
  pids: number;
  cpuMicros: number;
  throttledMicros: number;
  rxBytes: number;
  txBytes: number;
  requests: number;
  errors: number;
  latency: Latency;
}

export interface HostSlot {
  memoryBytes: number;
  poolBytes: number;
  pids: number;
  /** Means over the span. */
  cpuMillis: number;
  keeperMillis: number;
  requests: number;
  running: number;
}

export interface Slot {
  /** The start, in milliseconds since 1970. */
  atMs: number;
  sites: Map<string, SitePoint>;
  host: HostSlot;
  /** Readings so far, for the means. */
  readings: number;
}

export interface Slots {
  add(sites: readonly SiteReading[], traffic: ReadonlyMap<string, Traffic>, host: HostReading): void;
  /** Slots that are over, oldest first; with `all`, the one under way too. They stay until they are dropped. */
  waiting(all?: boolean): readonly Slot[];
  drop(slot: Slot): void;
  /** Of the minute that ends now. */
  lastMinute(siteId: string): { requestsPerMinute: number; p95Millis: number | null };
  /** Of the last ten seconds or more: the network is read that seldom. */
  networkRate(siteId: string): { rxBytesPerSecond: number; txBytesPerSecond: number };
}

export function createSlots(): Slots {
  let current: Slot | null = null;
  let recent: Slot[] = [];
  let waiting: Slot[] = [];

  const slotAt = (atMs: number): Slot => {
    if (current?.atMs === atMs) return current;
    if (current) {
      waiting = [...waiting, current].slice(-WAITING_MAX);
      recent = [...recent, current].slice(1 - RECENT_SLOTS);
    }
    current = { atMs, sites: new Map(), host: NO_HOST, readings: 0 };
    return current;
  };
  const ofLastMinute = () => (current ? [...recent.filter(({ atMs }) => isRecent(atMs, current)), current] : recent);

  return {
    add(sites, traffic, host) {
      const slot = slotAt(Math.floor(host.at.getTime() / SLOT_MS) * SLOT_MS);
      for (const site of sites) {
        const latency = traffic.get(site.siteId)?.latency ?? [];
        slot.sites.set(site.siteId, mergePoints(slot.sites.get(site.siteId), pointOf(site, latency)));
      }
      slot.host = mergeHost(slot, sites, host);
      slot.readings += 1;
    },
    waiting(all = false) {
      return all && current ? [...waiting, current] : waiting;
    },
    drop(slot) {
      waiting = waiting.filter((each) => each !== slot);
      if (slot === current) current = null;
    },
    lastMinute(siteId) {
      const points = ofLastMinute().flatMap((slot) => slot.sites.get(siteId) ?? []);
      const latency = points.reduce<Latency>((sum, point) => addLatencies(sum, point.latency), []);
      const requestsPerMinute = points.reduce((sum, point) => sum + point.requests, 0);
      return { requestsPerMinute, p95Millis: countOf(latency) > 0 ? quantile(latency, 0.95) : null };
    },
    networkRate(siteId) {
      const points = [...recent.slice(-1), ...(current ? [current] : [])].flatMap(
        (slot) => slot.sites.get(siteId) ?? [],
      );
      const seconds = SLOT_SECONDS * Math.max(1, points.length);
      return {
        rxBytesPerSecond: Math.round(points.reduce((sum, point) => sum + point.rxBytes, 0) / seconds),
        txBytesPerSecond: Math.round(points.reduce((sum, point) => sum + point.txBytes, 0) / seconds),
      };
    },
  };
}

function isRecent(atMs: number, current: Slot | null): boolean {
  return current !== null && current.atMs - atMs < RECENT_SLOTS * SLOT_MS && current.atMs > atMs;
}

function pointOf(site: SiteReading, latency: Latency): SitePoint {
  const { siteId, diskBytes, inodes, memoryBytes, pids, requests, errors } = site;
  const { cpuMicros, throttledMicros, rxBytes, txBytes } = site.since;
  const gauges = { siteId, diskBytes, inodes, memoryBytes, pids };
  return { ...gauges, cpuMicros, throttledMicros, rxBytes, txBytes, requests, errors, latency };
}

/** The most of what is used at a moment, the sum of what happened. */
export function mergePoints(a: SitePoint | undefined, b: SitePoint): SitePoint {
  if (!a) return b;
  return {
    siteId: b.siteId,
    diskBytes: Math.max(a.diskBytes, b.diskBytes),
    inodes: a.inodes === null ? b.inodes : Math.max(a.inodes, b.inodes ?? 0),
    memoryBytes: Math.max(a.memoryBytes, b.memoryBytes),
    pids: Math.max(a.pids, b.pids),
    cpuMicros: a.cpuMicros + b.cpuMicros,
    throttledMicros: a.throttledMicros + b.throttledMicros,
    rxBytes: a.rxBytes + b.rxBytes,
    txBytes: a.txBytes + b.txBytes,
    requests: a.requests + b.requests,
    errors: a.errors + b.errors,
    latency: b.latency.length === 0 ? a.latency : addLatencies(a.latency, b.latency),
  };
}

const NO_HOST: HostSlot = {
  memoryBytes: 0,
  poolBytes: 0,
  pids: 0,
  cpuMillis: 0,
  keeperMillis: 0,
  requests: 0,
  running: 0,
};

function mergeHost({ host: before, readings }: Slot, sites: readonly SiteReading[], now: HostReading): HostSlot {
  const mean = (sum: number, value: number) => (sum * readings + value) / (readings + 1);
  const keeperMillis = now.spanMs > 0 ? now.readCpuMicros / now.spanMs : 0;
  return {
    memoryBytes: Math.max(before.memoryBytes, now.memoryBytesUsed),
    poolBytes: Math.max(before.poolBytes, now.poolBytes - now.poolBytesFree),
    pids: Math.max(before.pids, now.pids),
    cpuMillis: mean(before.cpuMillis, now.cpuMillis),
    keeperMillis: mean(before.keeperMillis, keeperMillis),
    requests: before.requests + sites.reduce((sum, site) => sum + site.requests, 0),
    running: Math.max(before.running, sites.filter((site) => site.instanceId !== null).length),
  };
}
