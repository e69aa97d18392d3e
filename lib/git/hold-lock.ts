// Keeps pushes and the collection of garbage out of a repository while something else is done with it.

import { planConfined } from './confine.ts';
import type { GitDeps } from './deps.ts';
import { startConfined } from './process.ts';

/** Null: a push or a collection is under way. A caller that is killed holds nothing any more. */
export async function withRepositoryLock<T>(
  { confinement, bounds }: Pick<GitDeps, 'confinement' | 'bounds'>,
  repository: string,
  work: () => Promise<T>,
): Promise<{ result: T } | null> {
  const lock = { path: repository, waitSeconds: 0 };
  // It ends with its input, which ends with us.
  const deadlines = { idleMs: bounds.hookMs, totalMs: bounds.hookMs, hookMs: bounds.hookMs };
  const holder = startConfined(planConfined(confinement, ['cat'], lock), deadlines);
  try {
    return (await holder.locked) ? { result: await work() } : null;
  } finally {
    holder.stdin.end();
    holder.stdout.resume();
    await holder.ended;
  }
}
