// Plans as admins see them: their numbers, and how many sites and users have them.

import type { Db } from '../db/client.ts';
import type { Plan } from '../db/generated/client.ts';
import { AppError } from '../errors/app-error.ts';
import type { PlanNumbers } from '../sites/limit-bounds.ts';

export interface PlanView extends PlanNumbers {
  name: string;
  /** That are not being deleted. */
  sites: number;
  /** Who were given it; not those who have it by their role. */
  users: number;
}

/** Launches need them: of guests, and of members. */
export const KEPT_PLANS: readonly string[] = ['guest', 'member'];

export async function listPlans(db: Db): Promise<PlanView[]> {
  const plans = await db.plan.findMany({
    orderBy: { name: 'asc' },
    include: { _count: { select: { users: true, sites: { where: { state: { not: 'deleting' } } } } } },
  });
  return plans.map(({ _count, ...plan }) => ({ name: plan.name, ...numbersOf(plan), ..._count }));
}

/** A plan's numbers, without its name. Pure. */
export function numbersOf({ name: _name, ...plan }: Plan): PlanNumbers {
  const numbers = Object.entries(plan).map(([field, value]) => [field, value === null ? null : Number(value)]);
  return Object.fromEntries(numbers) as PlanNumbers;
}

export function planNotFound(name: string): AppError {
  return new AppError('not-found', {
    message: `There is no plan ${name}.`,
    hint: 'Choose one of the plans that exist.',
  });
}
