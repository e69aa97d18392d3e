// One act on many sites: each by itself, so that one that cannot be done leaves the others done.

import { z } from 'zod';
import type { Who } from '../audit/audit.ts';
import type { Db } from '../db/client.ts';
import { AppError } from '../errors/app-error.ts';
import { requestDelete } from '../sites/delete.ts';
import { holdSite, releaseSite } from '../sites/hold.ts';
import { PLAN_NAME } from '../sites/limit-bounds.ts';
import { movePlan } from '../sites/move-plan.ts';
import { requestSleep, requestWake } from '../sites/request-rest.ts';
import { type NamedSite, requireNamedSite } from './admin.ts';

export const BULK_MAX = 500;

/** What the owner reads: one line. */
export const REASON = z
  .string()
  .trim()
  .min(3, 'must be at least 3 characters: the owner reads it')
  .max(300, 'must be at most 300 characters')
  .regex(/^\P{Cc}*$/u, 'must be one line');

const NAMES = z
  .array(z.string().max(100))
  .min(1, 'name at least one site')
  .max(BULK_MAX, `name at most ${BULK_MAX} sites`);

export const BULK = z.discriminatedUnion('action', [
  z.strictObject({ names: NAMES, action: z.literal('hold'), reason: REASON }),
  z.strictObject({ names: NAMES, action: z.literal('plan'), plan: PLAN_NAME, force: z.boolean().default(false) }),
  z.strictObject({ names: NAMES, action: z.enum(['release', 'delete', 'sleep', 'wake']) }),
]);
export type Bulk = z.infer<typeof BULK>;

export type Outcome = { name: string; ok: true } | { name: string; ok: false; message: string; hint: string };

/** In the order of the names, each once. */
export async function actOnMany(db: Db, who: Who, bulk: Bulk): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const name of new Set(bulk.names)) {
    const done = requireNamedSite(db, name).then((site) => act(db, who, site, bulk));
    outcomes.push(await done.then(() => ({ name, ok: true as const }), refusal(name)));
  }
  return outcomes;
}

async function act(db: Db, who: Who, site: NamedSite, bulk: Bulk): Promise<void> {
  if (bulk.action === 'hold') return holdSite(db, who, site, bulk.reason);
  if (bulk.action === 'plan') return movePlan({ db }, who, site, { planName: bulk.plan, force: bulk.force });
  if (bulk.action === 'release') return releaseSite(db, who, site);
  if (bulk.action === 'delete') return requestDelete(db, site, who);
  return bulk.action === 'sleep' ? requestSleep(db, site, 'frozen', who) : requestWake(db, site, who);
}

function refusal(name: string) {
  return (error: unknown): Outcome => {
    if (!(error instanceof AppError)) throw error;
    return { name, ok: false, message: error.message, hint: error.hint };
  };
}
