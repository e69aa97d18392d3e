// A site's deployments, page by page, and one of them by its number.

import type { Db } from '../db/client.ts';
import type { Deployment } from '../db/generated/client.ts';

export const DEPLOYMENTS_SHOWN = 30;

export type ListedDeployment = Omit<Deployment, 'log'>;

export interface DeploymentPage {
  /** The newest first. */
  deployments: ListedDeployment[];
  /** Where the next page begins; null: this is the last. */
  before: number | null;
}

/** `before`: those with a lower number; null: from the newest on. */
export async function listDeployments(
  db: Db,
  siteId: string,
  before: number | null,
  limit = DEPLOYMENTS_SHOWN,
): Promise<DeploymentPage> {
  const rows = await db.deployment.findMany({
    where: { siteId, ...(before === null ? {} : { number: { lt: before } }) },
    orderBy: { number: 'desc' },
    take: limit + 1,
    omit: { log: true },
  });
  const deployments = rows.slice(0, limit);
  const last = deployments.at(-1);
  return { deployments, before: rows.length > limit && last ? last.number : null };
}

const NUMBER = /^[1-9]\d{0,6}$/;

/** Null: no number of a deployment. */
export function parseNumber(text: string): number | null {
  return NUMBER.test(text) ? Number(text) : null;
}

export async function findDeployment(db: Db, siteId: string, number: number | null): Promise<Deployment | null> {
  return number === null ? null : db.deployment.findUnique({ where: { siteId_number: { siteId, number } } });
}
