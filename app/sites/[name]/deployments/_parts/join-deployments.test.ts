import { expect, test } from 'vitest';
import type { DeploymentView } from '#lib/sites/view.ts';
import { joinDeployments } from './join-deployments.ts';

function deployment(number: number, status: DeploymentView['status'], live = false): DeploymentView {
  const unknown = { commit: null, subject: null, stack: null, problem: null, by: null, finishedAt: null };
  const startedAt = '2026-11-27T10:00:00.000Z';
  return { ...unknown, id: String(number), number, cause: 'push', status, kept: false, live, startedAt };
}

test('a new deployment comes first, and one that ended is told as it is now', () => {
  const read = [deployment(2, 'running'), deployment(1, 'succeeded', true)];
  const now = [deployment(3, 'running'), deployment(2, 'succeeded', true)];
  const joined = joinDeployments(read, { deployments: now, liveDeployment: 2 });
  expect(joined.map(({ number, status, live }) => ({ number, status, live }))).toEqual([
    { number: 3, status: 'running', live: false },
    { number: 2, status: 'succeeded', live: true },
    { number: 1, status: 'succeeded', live: false },
  ]);
});
