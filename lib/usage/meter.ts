// Turns counters that only grow while a container runs into what happened since the reading before. Pure.

import type { ContainerSample } from './cgroup-files.ts';
import type { ContainerCounters } from './reading.ts';

export interface MeterReading {
  spanMs: number;
  counters: ContainerCounters;
  since: ContainerCounters;
  cpuMillis: number;
  throttledShare: number;
}

export interface Metered {
  counters: ContainerCounters;
  /** Null: not known, by a process that has just begun. */
  periods: { all: number; throttled: number } | null;
  /** As `ContainerSample.opened`; null: not known. */
  opened: number | null;
  atMs: number;
}

export const NO_COUNTERS: ContainerCounters = {
  cpuMicros: 0,
  throttledMicros: 0,
  oomKills: 0,
  forksRefused: 0,
  rxBytes: 0,
  txBytes: 0,
};

/**
 * `before`: the last that is known of the same container; `born`: it was not there at the reading before; null: it may
 * have run for long. One that was started again since is born again.
 */
export function meter(sample: ContainerSample, before: Metered | 'born' | null, nowMs: number): MeterReading {
  const counters = countersOf(sample);
  const first = { spanMs: 0, counters, cpuMillis: 0, throttledShare: 0 };
  if (before === null) return { ...first, since: NO_COUNTERS };
  if (before === 'born' || isStartedAnew(sample, before)) return { ...first, since: counters };
  const spanMs = Math.max(0, Math.round(nowMs - before.atMs));
  const since = eachCounter((name) => Math.max(0, counters[name] - before.counters[name]));
  const periods = before.periods ? sample.periods - before.periods.all : 0;
  const throttled = before.periods ? sample.throttledPeriods - before.periods.throttled : 0;
  return {
    spanMs,
    counters,
    since,
    cpuMillis: spanMs > 0 ? Math.round(since.cpuMicros / spanMs) : 0,
    throttledShare: periods > 0 ? Math.min(1, Math.max(0, throttled / periods)) : 0,
  };
}

function isStartedAnew(sample: ContainerSample, before: Metered): boolean {
  if (before.opened === null) return sample.cpuMicros < before.counters.cpuMicros;
  return sample.opened !== before.opened;
}

export function remember(sample: ContainerSample, atMs: number): Metered {
  const { periods: all, throttledPeriods: throttled, opened } = sample;
  return { counters: countersOf(sample), periods: { all, throttled }, opened, atMs };
}

export function addCounters(a: ContainerCounters, b: ContainerCounters): ContainerCounters {
  return eachCounter((name) => a[name] + b[name]);
}

function countersOf(sample: ContainerCounters): ContainerCounters {
  return eachCounter((name) => sample[name]);
}

function eachCounter(value: (name: keyof ContainerCounters) => number): ContainerCounters {
  return {
    cpuMicros: value('cpuMicros'),
    throttledMicros: value('throttledMicros'),
    oomKills: value('oomKills'),
    forksRefused: value('forksRefused'),
    rxBytes: value('rxBytes'),
    txBytes: value('txBytes'),
  };
}
