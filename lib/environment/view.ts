// A site's variables as somebody sees them who may change what runs: names at any time, values when they are asked for.

import type { Db } from '../db/client.ts';
import { readSealed, unsealAll } from './store.ts';

export interface EnvironmentView {
  /** Counts the changes. */
  revision: number;
  /** `applying`: a worker is at it. `refused`: the app did not start well with them, so those before are still in force. */
  status: 'in-force' | 'applying' | 'refused';
  /** Why they are refused, and the deployment whose log says more. */
  problem: { message: string; deployment: number } | null;
  /** `value` null: not asked for. */
  variables: { name: string; value: string | null }[];
  /** There is a change that can be taken back. */
  mayUndo: boolean;
  changedAt: string | null;
}

interface Seen {
  id: string;
  environmentRevision: number;
  liveEnvironment: number;
}

export async function viewEnvironment(
  db: Db,
  { id: siteId, environmentRevision: revision, liveEnvironment }: Seen,
  secret: string | null,
): Promise<EnvironmentView> {
  const isInForce = revision === liveEnvironment;
  const [sealed, row, last] = await Promise.all([
    readSealed(db, siteId, revision),
    db.environment.findUnique({ where: { siteId_revision: { siteId, revision } }, select: { createdAt: true } }),
    isInForce
      ? null
      : db.deployment.findFirst({
          where: { siteId, cause: 'environment', environmentRevision: revision },
          orderBy: { number: 'desc' },
          select: { number: true, status: true, problem: true },
        }),
  ]);
  const values = secret === null ? null : unsealAll(secret, sealed);
  const isRefused = last?.status === 'failed';
  return {
    revision,
    status: isInForce ? 'in-force' : isRefused ? 'refused' : 'applying',
    problem: isRefused ? { message: last.problem ?? 'The app did not start.', deployment: last.number } : null,
    variables: Object.keys(sealed)
      .sort()
      .map((name) => ({ name, value: values?.get(name) ?? null })),
    mayUndo: revision > 0,
    changedAt: row?.createdAt.toISOString() ?? null,
  };
}
