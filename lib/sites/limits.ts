// A site's limits: its own where it has any, else its plan's.

import type { Plan, Site } from '../db/generated/client.ts';

/** What can be set for one site alone, and changes while it runs. */
export const OWN_LIMITS = [
  'diskBytesMax',
  'inodesMax',
  'memoryBytesMax',
  'cpuMillisMax',
  'pidsMax',
  'bandwidthBytesMax',
  'connectionsMax',
  'newConnectionsMax',
] as const;

export type OwnLimit = (typeof OWN_LIMITS)[number];

/** The plan's limits in force for one site, as numbers. */
export interface SiteLimits extends Record<OwnLimit, number> {
  openFilesMax: number;
  logBytesMax: number;
  tmpfsBytesMax: number;
  pushBytesMax: number;
}

type Limited = Pick<Site, OwnLimit> & { plan: Pick<Plan, keyof SiteLimits> };

/** Pure. */
export function limitsOf({ plan, ...site }: Limited): SiteLimits {
  const own = OWN_LIMITS.map((limit) => [limit, Number(site[limit] ?? plan[limit])]);
  return {
    ...(Object.fromEntries(own) as Record<OwnLimit, number>),
    openFilesMax: plan.openFilesMax,
    logBytesMax: Number(plan.logBytesMax),
    tmpfsBytesMax: Number(plan.tmpfsBytesMax),
    pushBytesMax: Number(plan.pushBytesMax),
  };
}
