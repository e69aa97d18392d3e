// A repository's lock, held by us while no git process of ours needs it: pushes wait, and are told so.

import { planConfined } from './confine.ts';
import type { GitDeps } from './deps.ts';
import { startConfined } from './process.ts';

/** Null when the lock stayed taken. It is given back when the work, or this process, ends, and after `msMax`. */
export async function whileLocked<T>(
  { confinement }: Pick<GitDeps, 'confinement'>,
  repository: string,
  { waitSeconds, msMax }: { waitSeconds: number; msMax: number },
  work: () => Promise<T>,
): Promise<{ result: T } | null> {
  // It holds the lock until its input ends.
  const holder = startConfined(planConfined(confinement, ['cat'], { path: repository, waitSeconds }), {
    idleMs: msMax,
    totalMs: msMax,
    hookMs: msMax,
  });
  holder.stdout.resume();
  try {
    return (await holder.locked) ? { result: await work() } : null;
  } finally {
    holder.stdin.end();
    await holder.ended;
  }
}
