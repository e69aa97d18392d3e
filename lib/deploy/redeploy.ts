// A commit that was deployed before is built anew, through the same pipeline as a push. It must still be in the
// repository: a forced push and the collection after it can have taken it away.

import { AppError } from '../errors/app-error.ts';
import { type CommitAt, hasCommit } from '../git/commit.ts';
import type { GitDeps } from '../git/deps.ts';
import { repositoryOf } from '../git/site.ts';
import { deploy } from './deploy.ts';
import type { DeployDeps } from './deps.ts';
import type { LiveRelease } from './go-live.ts';
import { gitSource, type Source } from './source.ts';

export interface RedeployRequest {
  siteId: string;
  deploymentId: string;
  by: string | null;
}

/** Throws as `deploy`, and `push-refused` when the commit is gone. Answers null when there is no such deployment. */
export async function redeploy(
  deps: DeployDeps & { git: GitDeps },
  { siteId, deploymentId, by }: RedeployRequest,
): Promise<LiveRelease | null> {
  const select = { commit: true, number: true, subject: true };
  const earlier = await deps.db.deployment.findFirst({ where: { id: deploymentId, siteId }, select });
  if (!earlier?.commit) return null;
  const at = { repository: repositoryOf(deps.settings.paths, siteId), commit: earlier.commit };
  return deploy(deps, { siteId, cause: 'redeploy', by, source: presentSource(deps.git, at, earlier.number) });
}

/** Looks once whether the commit is there, before anything is read of it. */
function presentSource(git: GitDeps, at: CommitAt, number: number): Source {
  const source = gitSource(git, at);
  let looking: Promise<void> | null = null;
  const look = () => {
    looking ??= requireCommit(git, at, number);
    return looking;
  };
  return {
    ...source,
    files: () => look().then(source.files),
    subject: () => look().then(source.subject),
  };
}

async function requireCommit(git: GitDeps, at: CommitAt, number: number): Promise<void> {
  if (await hasCommit(git, at)) return;
  throw new AppError('push-refused', {
    message: `The commit ${at.commit.slice(0, 7)} of deployment ${number} is no longer in the repository.`,
    hint: 'Push a branch or tag that has it, or roll back to a release that is kept.',
  });
}
