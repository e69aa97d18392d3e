// Two readings that follow each other as one: what is used now is the later's, what happened is the sum. Pure.

import { addCounters } from './meter.ts';
import type { Reading, SiteReading } from './reading.ts';

/** Sites that are gone in the later one are left out. */
export function mergeReadings(earlier: Reading, later: Reading): Reading {
  const before = new Map(earlier.sites.map((site) => [site.siteId, site]));
  const spanMs = earlier.host.spanMs + later.host.spanMs;
  const cpuMillis = weigh(earlier.host.cpuMillis, earlier.host.spanMs, later.host.cpuMillis, later.host.spanMs);
  return {
    sites: later.sites.map((site) => mergeSites(before.get(site.siteId), site)),
    host: { ...later.host, spanMs, cpuMillis: Math.round(cpuMillis) },
  };
}

function mergeSites(earlier: SiteReading | undefined, later: SiteReading): SiteReading {
  if (!earlier) return later;
  const isSame = earlier.instanceId === later.instanceId;
  // A start in between is still to be seen.
  const spanMs = isSame && earlier.spanMs > 0 && later.spanMs > 0 ? earlier.spanMs + later.spanMs : 0;
  const since = addCounters(earlier.since, later.since);
  const weighed = (a: number, b: number) => weigh(a, earlier.spanMs, b, later.spanMs);
  return {
    ...later,
    spanMs,
    since,
    cpuMillis: isSame && spanMs > 0 ? Math.round(since.cpuMicros / spanMs) : later.cpuMillis,
    throttledShare: isSame ? weighed(earlier.throttledShare, later.throttledShare) : later.throttledShare,
    logBytesPerSecond: isSame
      ? Math.round(weighed(earlier.logBytesPerSecond, later.logBytesPerSecond))
      : later.logBytesPerSecond,
    appRestarts: earlier.appRestarts + later.appRestarts,
    refused: {
      closed: earlier.refused.closed + later.refused.closed,
      connections: earlier.refused.connections + later.refused.connections,
      bandwidth: earlier.refused.bandwidth + later.refused.bandwidth,
    },
    requests: earlier.requests + later.requests,
    errors: earlier.errors + later.errors,
  };
}

function weigh(a: number, aMs: number, b: number, bMs: number): number {
  return aMs + bMs > 0 ? (a * aMs + b * bMs) / (aMs + bMs) : b;
}
