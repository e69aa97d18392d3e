// From a started exec to live: start, check, prepare, switch, commit. Deploy and rollback share it; each step's undo is
// the session's `abort`, until the switch, after which there is no way back but another deployment.

import type { Readable } from 'node:stream';
import type { Plan } from '../db/generated/client.ts';
import { findFullPool } from '../disk/full-pool.ts';
import type { Settings } from '../env.ts';
import { renderFrames } from '../environment/frames.ts';
import { AppError } from '../errors/app-error.ts';
import { siteHost, siteUrl } from '../sites/address.ts';
import { limitsOf } from '../sites/limits.ts';
import { checkHttp } from './check.ts';
import type { DeployDeps } from './deps.ts';
import { explainCheck, explainFailure, type ReleaseLimits } from './explain.ts';
import { formatDuration } from './lines.ts';
import type { Narrator } from './narrate.ts';
import { ReleaseFailure, type ReleaseSession } from './release.ts';
import { type ReleaseBounds, renderPlan } from './script.ts';
import type { BuildPlan } from './stacks/plan.ts';
import { type NewLive, switchLive } from './switch.ts';
import type { SiteWithPlan, Turn } from './turn.ts';

export interface LiveRelease {
  deploymentId: string;
  number: number;
  port: number;
  /** The address of the site. */
  url: string;
  tookMs: number;
}

/** Null plan and archive: the release is a copy of an older one. */
export interface NewRelease {
  session: ReleaseSession;
  narrator: Narrator;
  address: string;
  plan: BuildPlan | null;
  archive: (() => Readable) | null;
}

const RELEASES_KEPT = 3;

/** Throws `build-failed`, `check-failed`, `disk-full` or another AppError; then the session must be aborted. */
export async function goLive(deps: DeployDeps, turn: Turn, release: NewRelease): Promise<LiveRelease> {
  const { session, address } = release;
  const { site, deployment, environment, log } = turn;
  const port = portOf(deployment.number);
  const kept = [deployment.number, ...turn.kept].slice(0, RELEASES_KEPT);

  await startRelease(deps, turn, release, kept);
  await requireHealthy(deps, turn, release, port);
  turn.signal.throwIfAborted();
  await explained(turn, deps.settings, session.prepare());
  const isRouted = await switchCertainly(deps, turn, session, {
    ...{ address, port, kept },
    environment: environment.revision,
  });
  const tookMs = performance.now() - turn.startedAt;
  const url = siteUrl(deps.settings, site.name);
  log.say(`Live: ${url} (release ${deployment.number}, ${formatDuration(tookMs)})`);
  if (isRouted) await confirm(deps, turn, session);
  else leave(deps, turn, session);
  return { deploymentId: deployment.id, number: deployment.number, port, url, tookMs };
}

/** The port that release `number` serves on, inside the container. */
export function portOf(number: number): number {
  return 8000 + (number % 1000);
}

export function releaseBounds(settings: Settings, plan: Plan): ReleaseBounds {
  return {
    stepSeconds: settings.buildMinutes * 60,
    logBytesMax: Number(plan.logBytesMax),
    drainSeconds: settings.drainSeconds,
  };
}

function releaseLimits(settings: Settings, site: SiteWithPlan): ReleaseLimits {
  const fullPool = () => findFullPool(settings.paths.pool);
  return { ...limitsOf(site), buildMinutes: settings.buildMinutes, fullPool };
}

async function startRelease(deps: DeployDeps, turn: Turn, release: NewRelease, kept: number[]): Promise<void> {
  const { settings } = deps;
  const { session, plan, archive } = release;
  const { deployment, environment, site } = turn;
  const { variables } = environment;
  const text = renderPlan(plan, deployment.number, kept, releaseBounds(settings, site.plan), variables.size);
  const frames = variables.size > 0 ? renderFrames(variables) : null;
  const msMax = settings.buildMinutes * 60_000 + 60_000;
  const giveBack = plan && (plan.dependencies || plan.build.length > 0) ? await takeBuildSlot(deps, turn) : () => {};
  try {
    await explained(turn, settings, session.start(text, archive?.() ?? null, msMax, frames));
  } finally {
    giveBack();
  }
}

/** A release without an install or a build never waits for those of others. */
async function takeBuildSlot(deps: DeployDeps, turn: Turn): Promise<() => void> {
  const waiting = setTimeout(() => turn.log.say('Waiting for another build on this machine to end'), 300);
  try {
    const giveBack = await deps.builds.take(turn.site.id);
    turn.signal.throwIfAborted();
    if (giveBack) return giveBack;
  } finally {
    clearTimeout(waiting);
  }
  throw new AppError('host-full', {
    message: 'Too many builds are under way on this machine, and none ended in time.',
    hint: 'Push again in a few minutes; what was live before still serves.',
  });
}

async function requireHealthy(deps: DeployDeps, turn: Turn, release: NewRelease, port: number): Promise<void> {
  const { settings } = deps;
  const { address, narrator, session } = release;
  const host = siteHost(settings, turn.site.name);
  const msMax = settings.checkSeconds * 1000;
  const { died, ended } = session;
  const result = await checkHttp({ address, port, host, msMax, died, ended, signal: turn.signal });
  const problem = explainCheck(result, port, releaseLimits(settings, turn.site));
  if (problem) narrator.reveal();
  else narrator.hush();
  if (problem) throw problem;
  if (result.kind !== 'healthy') return;
  turn.log.say(`Checking http on port ${port} … ${result.status} in ${formatDuration(result.tookMs)}`);
}

/** The wait for a step of the session, its failure in the user's words. */
async function explained(turn: Turn, settings: Settings, step: Promise<void>): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(turn.signal.reason);
  if (turn.signal.aborted) onAbort();
  turn.signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([step, aborted.promise]);
  } catch (error) {
    step.catch(() => {}); // Whoever aborts the session hears of its end there.
    if (!(error instanceof ReleaseFailure)) throw error;
    throw explainFailure(error, turn.log.lastLines(), releaseLimits(settings, turn.site));
  } finally {
    turn.signal.removeEventListener('abort', onAbort);
  }
}

/**
 * A transaction whose answer was lost may have happened. Then the pointer itself is asked; while it cannot be, both
 * processes stay, for the sweep to settle.
 */
async function switchCertainly(
  deps: DeployDeps,
  turn: Turn,
  session: ReleaseSession,
  live: Omit<NewLive, 'siteId' | 'deploymentId'>,
): Promise<boolean> {
  const { site, deployment } = turn;
  try {
    return await switchLive(deps, { siteId: site.id, deploymentId: deployment.id, ...live });
  } catch (error) {
    const now = await deps.db.site.findUnique({ where: { id: site.id } }).catch(() => undefined);
    if (now?.liveDeploymentId === deployment.id) return false;
    if (now === undefined) leave(deps, turn, session);
    throw error;
  }
}

/** Both processes go on until the sweep knows which one is live. */
function leave(deps: DeployDeps, { deployment }: Turn, session: ReleaseSession): void {
  deps.unsettled.add(deployment.id);
  session.leave();
}

/** The container retires the old process by itself. Without its word the row keeps its runner, and the sweep settles. */
async function confirm(deps: DeployDeps, turn: Turn, session: ReleaseSession): Promise<void> {
  try {
    await session.commit();
    if (turn.settledLater) return;
    await deps.db.deployment.update({ where: { id: turn.deployment.id }, data: { runner: null } });
  } catch (cause) {
    deps.unsettled.add(turn.deployment.id);
    deps.log.warn({ deploymentId: turn.deployment.id, cause: String(cause) }, 'the old release was not retired yet');
  }
}
