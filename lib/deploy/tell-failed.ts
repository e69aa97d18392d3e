// A failed deployment as an event of the site: its page lists it, and alerts tell it.

import type { Transaction } from '../db/client.ts';
import { LINE_LENGTH_MAX } from './clean-text.ts';

/** Writes down that a deployment failed, and the event beside it. False: it was not running any more. */
export async function markFailed(
  tx: Transaction,
  id: string,
  data: { problem: string; interrupted: boolean; runner?: null },
): Promise<boolean> {
  const problem = data.problem.slice(0, LINE_LENGTH_MAX);
  const { count } = await tx.deployment.updateMany({
    where: { id, status: 'running' },
    data: { ...data, problem, status: 'failed', finishedAt: new Date() },
  });
  if (count === 0) return false;
  const { siteId, number } = await tx.deployment.findUniqueOrThrow({
    where: { id },
    select: { siteId: true, number: true },
  });
  const text = `Deployment ${number} failed. ${problem}`;
  await tx.event.create({ data: { siteId, kind: 'deployment-failed', level: 'critical', text, numbers: { number } } });
  return true;
}
