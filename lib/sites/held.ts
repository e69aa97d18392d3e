// What is said of a site that was stopped until somebody starts it again: the same on its page, over SSH and to a push.

import type { HoldCause, Site } from '../db/generated/client.ts';
import { AppError } from '../errors/app-error.ts';

export interface HeldWords {
  message: string;
  hint: string;
}

type Held = Pick<Site, 'heldBy' | 'heldFor'>;

const HINTS: Record<HoldCause, string> = {
  storm:
    'Start it again on its page. Where only the app is down, SSH and pushes go on: its log says why, and a release that works starts it too.',
  network: 'Only an admin can start it again: tell them what you found and changed.',
  admin: 'Only an admin can start it again.',
};

/** Null: it is not held. Pure. */
export function heldWords({ heldBy, heldFor }: Held): HeldWords | null {
  if (!heldBy) return null;
  const reason = heldFor?.trim() || 'No reason was given.';
  return { message: heldBy === 'admin' ? `An admin stopped the site: ${reason}` : reason, hint: HINTS[heldBy] };
}

/** For whoever asks something of a held site that only a running one can do. */
export function siteHeld(site: Held): AppError {
  return new AppError('site-held', heldWords(site) ?? { message: 'The site is stopped.', hint: 'Try again.' });
}

/** Of a site whose container ended `ends` times within some minutes. Pure. */
export function containerStormText(
  { ends, minutes }: { ends: number; minutes: number },
  last: { exitCode: number | null; outOfMemory: boolean } | null,
): string {
  const code = last?.exitCode == null ? '' : `, the last time with exit code ${last.exitCode}`;
  const why = last?.outOfMemory ? ', the last time because it was out of memory' : code;
  // As shells say that a command is not there or cannot be run: here, the first one of all.
  const isGone = last?.exitCode === 127 || last?.exitCode === 126;
  const span = minutes === 1 ? 'a minute' : `${minutes} minutes`;
  const cure = isGone ? ' Its system files may be gone: clone its repository, and push it to another site.' : '';
  return `The site was stopped: its container ended ${ends} times within ${span}${why}.${cure}`;
}
