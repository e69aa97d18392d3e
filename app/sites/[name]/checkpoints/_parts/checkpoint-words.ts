// A checkpoint in words, and what goes when the site is taken back to it. Pure.

import type { CheckpointView } from '#lib/checkpoints/view.ts';
import type { SiteView } from '#lib/sites/view.ts';

const CAUSES: Record<CheckpointView['cause'], string> = {
  manual: 'Made by hand',
  deployment: 'Before a push',
  restore: 'Before a restore',
};

export function titleOf({ label, cause }: Pick<CheckpointView, 'label' | 'cause'>): string {
  return label ?? CAUSES[cause];
}

/** Beside a label, which says nothing of it. */
export function causeOf({ label, cause }: Pick<CheckpointView, 'label' | 'cause'>): string | null {
  return label === null ? null : CAUSES[cause];
}

export function releaseOf({ release }: Pick<CheckpointView, 'release'>): string | null {
  if (!release) return null;
  return release.subject ? `Release ${release.number}: ${release.subject}` : `Release ${release.number}`;
}

type Deployments = Pick<SiteView, 'liveDeployment'> & { deployments: { number: number; status: string }[] };

/** What becomes of releases, in one sentence. */
export function releasesAfter({ liveDeployment, deployments }: Deployments, checkpoint: CheckpointView): string {
  const number = checkpoint.release?.number ?? null;
  if (number === null || number === liveDeployment) return 'The live release stays the same.';
  const newer = deployments.filter((one) => one.number > number && one.status === 'succeeded').length;
  const gone = newer === 1 ? 'the one after it is' : `the ${newer} after it are`;
  return newer === 0
    ? `Release ${number} is live again.`
    : `Release ${number} is live again; ${gone} in the history only.`;
}

/** The checkpoint that takes back the restore that was the last thing to happen; null: it was something else. */
export function wayBackOf(checkpoints: CheckpointView[]): CheckpointView | null {
  const [newest] = checkpoints.filter(({ status }) => status === 'ready');
  return newest?.cause === 'restore' ? newest : null;
}
