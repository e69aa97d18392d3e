// One look at a site's upstream: fetched into the site's repository under its lock, deployed as a push is, and only then
// main. Whatever fails leaves main and what serves as they were. May run twice.

import type { Upstream } from '../db/generated/client.ts';
import { notify } from '../db/notify.ts';
import { deploy } from '../deploy/deploy.ts';
import type { DeployDeps } from '../deploy/deps.ts';
import { gitSource } from '../deploy/source.ts';
import type { Turn } from '../deploy/turn.ts';
import { AppError } from '../errors/app-error.ts';
import type { GitDeps } from '../git/deps.ts';
import { whileLocked } from '../git/lock.ts';
import { findMainCommit } from '../git/open-file.ts';
import { repositoryOf } from '../git/site.ts';
import { sweepRepository } from '../git/sweep.ts';
import type { Asked } from './failures.ts';
import { fetchUpstream, findUpstream } from './fetch.ts';
import { dropUpstreamRef, moveMain, readUpstreamRef, requireForward } from './main-ref.ts';
import { shownUrl } from './url.ts';

export interface FollowDeps extends DeployDeps {
  git: GitDeps;
}

interface Look {
  upstream: Upstream;
  repository: string;
  asked: Asked;
  signal: AbortSignal;
}

/** Nothing is done when nobody wants it, or while another push has the repository. */
export async function followUpstream(deps: FollowDeps, siteId: string, signal: AbortSignal): Promise<void> {
  const upstream = await deps.db.upstream.findUnique({
    where: { siteId },
    include: { site: { include: { plan: true } } },
  });
  if (!upstream?.wantedAt || upstream.site.state !== 'live') return;
  const { url, branch, site } = upstream;
  const repository = repositoryOf(deps.settings.paths, siteId);
  const look = { upstream, repository, signal, asked: { url, branch, bytesMax: Number(site.plan.pushBytesMax) } };
  const bounds = { waitSeconds: deps.git.bounds.lockWaitSeconds, msMax: 2 * deps.git.bounds.hookMs };
  try {
    const done = await whileLocked(deps.git, repository, bounds, () => bringIn(deps, look));
    if (done) await finish(deps, upstream, { commit: done.result, problem: null });
  } catch (cause) {
    if (signal.aborted) return; // The next worker looks again.
    if (!(cause instanceof AppError)) deps.log.error({ siteId, cause: String(cause) }, 'an upstream was not followed');
    await finish(deps, upstream, { problem: problemOf(cause) });
  }
}

/** The commit that main is now. What is there already is not deployed again. */
async function bringIn(deps: FollowDeps, look: Look): Promise<string> {
  const { repository, upstream, asked } = look;
  await sweepRepository(repository);
  const main = await findMainCommit(deps.git, repository);
  if (upstream.commit !== null) {
    const { commit } = await findUpstream(fetching(deps), repository, asked);
    if (commit === main) return commit;
  }
  let commit = '';
  const source = async (turn: Turn) => {
    commit = await fetchInTurn(deps, look, turn, main);
    return gitSource(deps.git, { repository, commit });
  };
  try {
    await deploy(deps, { siteId: upstream.siteId, cause: 'fetch', source, signal: look.signal });
    await moveMain(deps.git, repository, commit, main);
  } finally {
    await dropUpstreamRef(deps.git, repository);
  }
  return commit;
}

async function fetchInTurn(deps: FollowDeps, look: Look, turn: Turn, main: string | null): Promise<string> {
  const { repository, asked, upstream } = look;
  turn.log.say(`Fetching ${shownUrl(asked.url)}`);
  const found = await findUpstream(fetching(deps), repository, asked);
  const sayLine = (line: string) => turn.log.output(line);
  await fetchUpstream(fetching(deps), repository, asked, found, sayLine, turn.signal);
  const commit = await readUpstreamRef(deps.git, repository);
  const starter = await deps.db.deployment.findFirst({
    where: { siteId: upstream.siteId, cause: 'launch', commit: main },
  });
  if (main !== null && main !== upstream.commit && !starter) await requireForward(deps.git, repository, main, commit);
  turn.log.say(`Deploying ${found.branch} at ${commit.slice(0, 7)}`);
  return commit;
}

function fetching({ git, settings }: FollowDeps) {
  return { git, allow: settings.importAllow };
}

/** A wish that came meanwhile stays, and so does what is about another address by now. */
async function finish(
  deps: FollowDeps,
  { siteId, url, branch, wantedAt }: Upstream,
  outcome: { commit?: string; problem: string | null },
): Promise<void> {
  await deps.db.upstream.updateMany({ where: { siteId, url, branch }, data: { ...outcome, fetchedAt: new Date() } });
  await deps.db.upstream.updateMany({ where: { siteId, wantedAt }, data: { wantedAt: null } });
  await notify(deps.db, 'site', siteId);
}

function problemOf(cause: unknown): string {
  if (cause instanceof AppError) return `${cause.message} ${cause.hint}`.trim();
  return 'The repository was not fetched because of a fault on our side. Fetch again in a minute.';
}
