// From the fetched ref to main: read, judged, moved. For who holds the repository's lock.

import type { GitDeps } from '../git/deps.ts';
import { readGit } from '../git/read.ts';
import { MAIN_REF, NO_OBJECT } from '../git/refs.ts';
import { ownCommits } from './failures.ts';
import { UPSTREAM_REF } from './fetch.ts';

export async function readUpstreamRef(deps: GitDeps, repository: string): Promise<string> {
  return (await run(deps, repository, ['rev-parse', '--verify', `${UPSTREAM_REF}^{commit}`])).trim();
}

/** Throws `not-fetched` when main has a commit that would be lost. */
export async function requireForward(deps: GitDeps, repository: string, main: string, commit: string): Promise<void> {
  const lost = await run(deps, repository, ['rev-list', '--max-count=1', main, '--not', commit]);
  if (lost.trim() !== '') throw ownCommits();
}

/** Only from what main was. */
export async function moveMain(deps: GitDeps, repository: string, to: string, from: string | null): Promise<void> {
  await run(deps, repository, ['update-ref', MAIN_REF, to, from ?? NO_OBJECT]);
}

/** What was refused is garbage from here on. */
export async function dropUpstreamRef(deps: GitDeps, repository: string): Promise<void> {
  await run(deps, repository, ['update-ref', '-d', UPSTREAM_REF]).catch((cause) => {
    deps.log.info({ repository, cause: String(cause) }, 'a fetched ref was left behind');
  });
}

async function run(deps: GitDeps, repository: string, args: string[]): Promise<string> {
  return (await readGit(deps, { repository, args: [`--git-dir=${repository}`, ...args] })).toString('utf8');
}
