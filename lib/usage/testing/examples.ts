// Readings for tests: everything zero but what is told.

import { NO_COUNTERS } from '../meter.ts';
import type { HostReading, SiteReading } from '../reading.ts';

export function exampleSite(siteId: string, told: Partial<SiteReading> = {}): SiteReading {
  return {
    siteId,
    instanceId: 'c'.repeat(64),
    at: new Date(0),
    spanMs: 2_000,
    diskBytes: 0,
    inodes: null,
    memoryBytes: 0,
    pids: 0,
    cpuMillis: 0,
    throttledShare: 0,
    counters: NO_COUNTERS,
    since: NO_COUNTERS,
    logBytesPerSecond: 0,
    appRestarts: 0,
    refused: { closed: 0, connections: 0, bandwidth: 0 },
    requests: 0,
    errors: 0,
    openRequests: 0,
    diskBytesPerHour: 0,
    ...told,
  };
}

export function exampleHost(told: Partial<HostReading> = {}): HostReading {
  return {
    at: new Date(0),
    spanMs: 2_000,
    memoryBytes: 8e9,
    memoryBytesUsed: 1e9,
    cpuCount: 2,
    cpuMillis: 100,
    pids: 200,
    pidsMax: 32_768,
    poolBytes: 10e9,
    poolBytesFree: 9e9,
    diskKind: 'btrfs',
    platformBytes: 20e9,
    platformBytesFree: 10e9,
    readMillis: 10,
    readCpuMicros: 4_000,
    ...told,
  };
}
