// What one user may be promised together: a number of sites, disk and memory. Reading, and the judgement over numbers.

import { formatBytes } from '../bytes.ts';
import type { Db, Transaction } from '../db/client.ts';
import type { Plan, User } from '../db/generated/client.ts';
import { AppError } from '../errors/app-error.ts';

export interface Totals {
  sites: number;
  diskBytes: number;
  memoryBytes: number;
}

/** The plan of a user without one of his own. */
export function planNameOf({ planName, role }: Pick<User, 'planName' | 'role'>): string {
  return planName ?? (role === 'guest' ? 'guest' : 'member');
}

type Limited = Pick<User, 'sitesMax' | 'totalDiskBytesMax' | 'totalMemoryBytesMax'>;

/** The user's own numbers, else the plan's. Pure. */
export function totalsMaxOf(user: Limited, plan: Pick<Plan, keyof Limited>): Totals {
  return {
    sites: user.sitesMax ?? plan.sitesMax,
    diskBytes: Number(user.totalDiskBytesMax ?? plan.totalDiskBytesMax),
    memoryBytes: Number(user.totalMemoryBytesMax ?? plan.totalMemoryBytesMax),
  };
}

/** What the sites of a user are promised now, own limits counted; of the deleted ones, those that can be brought back. */
export async function readTotals(db: Db | Transaction, userId: string): Promise<Totals> {
  const [row] = await db.$queryRaw<{ sites: number; disk: bigint; memory: bigint }[]>`
    select count(*)::int as sites,
      coalesce(sum(coalesce(s."diskBytesMax", p."diskBytesMax")), 0)::bigint as disk,
      coalesce(sum(coalesce(s."memoryBytesMax", p."memoryBytesMax")), 0)::bigint as memory
    from "Site" s join "Plan" p on p.name = s."planName"
    where s."ownerId" = ${userId}::uuid and (s.state <> 'deleting' or s."undoUntil" is not null)`;
  return { sites: row?.sites ?? 0, diskBytes: Number(row?.disk ?? 0), memoryBytes: Number(row?.memory ?? 0) };
}

/** Changes of one user's promises follow each other, so that two at once cannot exceed the total together. */
export async function lockUser(tx: Transaction, userId: string): Promise<void> {
  await tx.$executeRaw`select 1 from "User" where id = ${userId}::uuid for update`;
}

/**
 * The sentence about the first total that would be exceeded by more than it is now; null: none. Whoever is over already
 * may go down, and stay. Pure.
 */
export function overTotal(now: Totals, next: Totals, max: Totals): string | null {
  for (const { part, what, write } of PARTS) {
    if (next[part] > max[part] && next[part] > now[part]) {
      return `The owner's sites together would be promised ${write(next[part])} of ${what}; the total is ${write(max[part])}.`;
    }
  }
  return null;
}

const PARTS = [
  { part: 'diskBytes', what: 'disk', write: formatBytes },
  { part: 'memoryBytes', what: 'memory', write: formatBytes },
] as const;

/** Throws `over-total` when one more site with these limits would take its owner over the totals. Pure. */
export function judgeLaunchTotals(now: Totals, site: { diskBytes: number; memoryBytes: number }, max: Totals): void {
  for (const { part, what, write } of PARTS) {
    if (now[part] + site[part] <= max[part]) continue;
    throw new AppError('over-total', {
      message: `Your sites have ${write(now[part])} of the ${write(max[part])} of ${what} that you may have, and another site needs ${write(site[part])}.`,
      hint: 'Delete a site, or ask the operator for more.',
    });
  }
}

export function totalRefused(sentence: string): AppError {
  return new AppError('over-total', {
    message: sentence,
    hint: "Raise the user's total first, or send the change with force.",
  });
}
