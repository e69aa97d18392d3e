// What a limit may be set to: below, nothing would run; above, it is a typing error. For sites and plans alike.

import { z } from 'zod';
import { formatBytes } from '../bytes.ts';
import type { OwnLimit } from './limits.ts';

const KB = 2 ** 10;
const MB = 2 ** 20;
const GB = 2 ** 30;
const TB = 2 ** 40;

function bytesBetween(min: number, max: number) {
  return numberBetween(min, max, formatBytes);
}

function countBetween(min: number, max: number) {
  return numberBetween(min, max, (value) => value.toLocaleString('en-US'));
}

function numberBetween(min: number, max: number, write: (value: number) => string) {
  const error = `must be a whole number from ${write(min)} to ${write(max)}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

/** Of a running site. Bytes, and thousandths of a core. */
export const OWN_BOUNDS = {
  diskBytesMax: bytesBetween(16 * MB, 16 * TB),
  inodesMax: countBetween(1_000, 2_000_000_000),
  memoryBytesMax: bytesBetween(32 * MB, 4 * TB),
  cpuMillisMax: countBetween(10, 1_024_000),
  pidsMax: countBetween(16, 1_000_000),
  bandwidthBytesMax: bytesBetween(16 * KB, 100 * GB),
  connectionsMax: countBetween(1, 1_000_000),
  newConnectionsMax: countBetween(1, 100_000),
} satisfies Record<OwnLimit, z.ZodNumber>;

/** What a plan says besides. */
export const PLAN_BOUNDS = {
  openFilesMax: countBetween(256, 1_048_576),
  logBytesMax: bytesBetween(64 * KB, GB),
  tmpfsBytesMax: bytesBetween(MB, 64 * GB),
  pushBytesMax: bytesBetween(MB, 10 * GB),
  lifetimeMinutes: countBetween(1, 10_000_000).nullable(),
  sitesMax: countBetween(0, 100_000),
  totalDiskBytesMax: bytesBetween(0, 1024 * TB),
  totalMemoryBytesMax: bytesBetween(0, 1024 * TB),
  freezeAfterMinutes: countBetween(1, 1_000_000).nullable(),
  stopAfterMinutes: countBetween(1, 1_000_000).nullable(),
};

const { diskBytesMax, inodesMax, memoryBytesMax, cpuMillisMax, pidsMax, ...network } = OWN_BOUNDS;

/** Limits of one site: a number, or null for the plan's; what is not named stays. */
export const SITE_LIMITS = z
  .strictObject({
    diskBytesMax: diskBytesMax.nullish(),
    inodesMax: inodesMax.nullish(),
    memoryBytesMax: memoryBytesMax.nullish(),
    cpuMillisMax: cpuMillisMax.nullish(),
    pidsMax: pidsMax.nullish(),
    bandwidthBytesMax: network.bandwidthBytesMax.nullish(),
    connectionsMax: network.connectionsMax.nullish(),
    newConnectionsMax: network.newConnectionsMax.nullish(),
  })
  .refine((limits) => Object.keys(limits).length > 0, 'name at least one limit');
export type SiteLimitsChange = z.infer<typeof SITE_LIMITS>;

export const NEW_PLAN = z.strictObject({ ...OWN_BOUNDS, ...PLAN_BOUNDS });
export const PLAN_CHANGE = NEW_PLAN.partial().refine(
  (plan) => Object.keys(plan).length > 0,
  'name at least one number',
);
export type PlanNumbers = z.infer<typeof NEW_PLAN>;
export type PlanChange = z.infer<typeof PLAN_CHANGE>;

export const PLAN_NAME = z
  .string()
  .regex(/^[a-z](?:[a-z0-9-]{0,30}[a-z0-9])?$/, 'must be 1 to 32 lower-case letters, digits and hyphens');

/** Of one user; null: the plan's. */
export const USER_CHANGE = z
  .strictObject({
    planName: PLAN_NAME.nullable(),
    sitesMax: PLAN_BOUNDS.sitesMax.nullable(),
    totalDiskBytesMax: PLAN_BOUNDS.totalDiskBytesMax.nullable(),
    totalMemoryBytesMax: PLAN_BOUNDS.totalMemoryBytesMax.nullable(),
  })
  .partial()
  .refine((user) => Object.keys(user).length > 0, 'name at least one of plan, sites, disk and memory');
export type UserChange = z.infer<typeof USER_CHANGE>;
