// A deployment in words.

import type { SiteView } from '#lib/sites/view.ts';
import { duration } from '../../../_components/time-words.ts';

export type DeploymentView = SiteView['deployments'][number];
type Mood = 'running' | 'live' | 'failed' | 'past';

const CAUSES: Record<DeploymentView['cause'], string> = {
  launch: 'Launch',
  push: 'Push',
  rollback: 'Roll back',
  redeploy: 'Redeploy',
  environment: 'New environment',
  fetch: 'Fetch',
};

export function moodOf({ status, live }: DeploymentView): Mood {
  if (status === 'running') return 'running';
  if (status === 'failed') return 'failed';
  return live ? 'live' : 'past';
}

export const MOODS: Record<Mood, { word: string; className: string }> = {
  running: { word: 'Running', className: 'bg-beam text-beam-ink' },
  live: { word: 'Live', className: 'bg-good/12 text-good' },
  failed: { word: 'Failed', className: 'bg-bad/10 text-bad' },
  past: { word: 'Earlier', className: 'bg-line/60 text-muted' },
};

/** "Push · Say hello", or the cause alone. */
export function titleOf({ cause, subject }: DeploymentView): string {
  return subject ? `${CAUSES[cause]} · ${subject}` : CAUSES[cause];
}

/** The log without its last words, which the page says below it in full. Only lines of ours start at the margin. */
export function logBeforeProblem(text: string): string {
  const end = text.lastIndexOf('\nFailed: ');
  return end === -1 ? text : text.slice(0, end + 1);
}

/** "3.2 s"; null while it runs. */
export function tookOf({ startedAt, finishedAt }: DeploymentView): string | null {
  return finishedAt === null ? null : duration(Date.parse(finishedAt) - Date.parse(startedAt));
}

/** Its release is on the disk, and another one is live. */
export function mayRollBackTo({ kept, live, status }: DeploymentView): boolean {
  return kept && !live && status === 'succeeded';
}

/** Its commit is in the repository, as far as its row tells: that of a refused push never was. */
export function mayBuildAgain({ commit, status, cause }: DeploymentView): boolean {
  return commit !== null && (status === 'succeeded' || (status === 'failed' && cause !== 'push'));
}

/** What is the matter first, what to do after it. */
export function splitProblem(problem: string): { message: string; hint: string | undefined } {
  const [, message = problem, hint] = /^(.+?[.!?])\s+(.+)$/s.exec(problem) ?? [];
  return { message, hint };
}

export function shortCommit(commit: string | null): string {
  return commit?.slice(0, 7) ?? '';
}
