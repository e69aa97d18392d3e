// A deployment in words.

import type { SiteView } from '#lib/sites/view.ts';

export type DeploymentView = SiteView['deployments'][number];
type Mood = 'running' | 'live' | 'failed' | 'past';

const CAUSES: Record<DeploymentView['cause'], string> = {
  launch: 'Launch',
  push: 'Push',
  rollback: 'Roll back',
  redeploy: 'Redeploy',
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

export function shortCommit(commit: string | null): string {
  return commit?.slice(0, 7) ?? '';
}
