// A site of a guest, its limits and a reading of it that is well; and the policy over readings two seconds apart.

import type { SiteLimits } from '../../sites/limits.ts';
import type { ContainerCounters, SiteReading } from '../../usage/reading.ts';
import { judge, type Outcome } from '../judge.ts';
import { type JudgedSite, type JudgeState, newState } from '../judged.ts';

export const MB = 1024 ** 2;
export const NOW = new Date('2026-01-01T12:00:00Z');
export const SPAN_MS = 2_000;

export function exampleLimits(given: Partial<SiteLimits> = {}): SiteLimits {
  return {
    ...{ diskBytesMax: 1024 * MB, inodesMax: 200_000, memoryBytesMax: 256 * MB, cpuMillisMax: 1_000, pidsMax: 128 },
    ...{ bandwidthBytesMax: 5 * MB, connectionsMax: 500, newConnectionsMax: 20, openFilesMax: 4_096 },
    ...{ logBytesMax: 2 * MB, tmpfsBytesMax: 64 * MB, pushBytesMax: 100 * MB },
    ...given,
  };
}

export function exampleSite(given: Partial<JudgedSite> = {}): JudgedSite {
  return {
    ...{ id: '01890a5d-ac96-774b-bcce-b302099a8057', state: 'live', ownerRole: 'guest' },
    ...{ rest: 'awake', freezeAfterMinutes: 30, stopAfterMinutes: 240, activeAt: NOW, claimedAt: NOW },
    ...{ expiresAt: null, heldBy: null, heldFor: null, diskHeldFor: null },
    ...given,
  };
}

export type GivenReading = Partial<Omit<SiteReading, 'counters' | 'since'>> & {
  counters?: Partial<ContainerCounters>;
  since?: Partial<ContainerCounters>;
};

const NONE: ContainerCounters = {
  cpuMicros: 0,
  throttledMicros: 0,
  oomKills: 0,
  forksRefused: 0,
  rxBytes: 0,
  txBytes: 0,
};

export function exampleReading({ counters, since, ...given }: GivenReading = {}): SiteReading {
  return {
    ...{ siteId: exampleSite().id, instanceId: 'one', at: NOW, spanMs: SPAN_MS },
    ...{ diskBytes: 10 * MB, inodes: 500, memoryBytes: 20 * MB, pids: 8, cpuMillis: 5, throttledShare: 0 },
    counters: { ...NONE, ...counters },
    since: { ...NONE, ...since },
    ...{ logBytesPerSecond: 0, appRestarts: 0, refused: { closed: 0, connections: 0, bandwidth: 0 } },
    ...{ requests: 0, errors: 0, openRequests: 0, diskBytesPerHour: 0 },
    ...given,
  };
}

/** Judges the readings one after the other; the kernel's counters are the sums of what is given as `since`. */
export function run(
  readings: GivenReading[],
  given: { limits?: Partial<SiteLimits>; site?: Partial<JudgedSite>; state?: JudgeState; from?: Date } = {},
): Outcome[] {
  let state = given.state ?? newState();
  const sums = { oomKills: state.machine?.oomKills ?? 0, forksRefused: state.machine?.forksRefused ?? 0 };
  return readings.map((reading, index) => {
    const at = new Date((given.from ?? NOW).getTime() + index * SPAN_MS);
    sums.oomKills += reading.since?.oomKills ?? 0;
    sums.forksRefused += reading.since?.forksRefused ?? 0;
    const counters = { ...sums, ...reading.counters };
    const outcome = judge(
      exampleLimits(given.limits),
      exampleReading({ ...reading, at, counters }),
      state,
      at,
      exampleSite(given.site),
    );
    state = outcome.state;
    return outcome;
  });
}
