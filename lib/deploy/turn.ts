// A deployment's turn: one at a time in a site, with a row and a log from its first moment, and an end that is written
// down whatever happens. Deploy and rollback both run in here.

import { randomUUID } from 'node:crypto';
import type { DeploymentCause, Plan, Site } from '../db/generated/client.ts';
import { notify } from '../db/notify.ts';
import { requireSecret } from '../env.ts';
import { createMask } from '../environment/mask.ts';
import { readSealed, unsealAll } from '../environment/store.ts';
import type { Variables } from '../environment/variables.ts';
import { AppError, siteNotFound } from '../errors/app-error.ts';
import { plainText } from '../git/plain-text.ts';
import { withLease } from '../jobs/lease.ts';
import { siteHeld } from '../sites/held.ts';
import { oneLine } from './clean-text.ts';
import type { DeployDeps } from './deps.ts';
import { createDeploymentLog, type DeploymentLog } from './log.ts';
import { markFailed } from './tell-failed.ts';

export type SiteWithPlan = Site & { plan: Plan };

export interface TurnRequest {
  siteId: string;
  cause: DeploymentCause;
  /** Who asked for it, in words that may be a tenant's. */
  by?: string | null;
  /** Each line of the log as it is said. */
  onLine?: (line: string) => void;
  /** Aborts the deployment: whoever asked has gone. */
  signal?: AbortSignal;
  /** Whoever asks settles it (lib/deploy/taken.ts): until then the row of one that went live keeps its runner. */
  settledLater?: boolean;
  /** The caller holds the lease `site:<id>` already, and this aborts when it is lost. */
  held?: AbortSignal;
}

export interface Turn {
  site: SiteWithPlan;
  deployment: { id: string; number: number };
  /** Numbers of the earlier releases that are still on the disk, newest first. */
  kept: number[];
  /** What the release is given. */
  environment: Environment;
  log: DeploymentLog;
  signal: AbortSignal;
  settledLater: boolean;
  startedAt: number;
}

export interface Environment {
  revision: number;
  variables: Variables;
}

const QUEUE_LINE_MS = 300;
const BY_CHARACTERS_MAX = 100;

/** Runs the work in the site's turn. Throws `deployment-running` when the turn does not come in time. */
export async function inTurn<T>(deps: DeployDeps, request: TurnRequest, work: (turn: Turn) => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const run = (lost: AbortSignal) => runTurn(deps, request, lost, startedAt, work);
  if (request.held) return run(request.held);
  const waiting = setTimeout(
    () => request.onLine?.('Another deployment of this site is under way; waiting for it.'),
    QUEUE_LINE_MS,
  );
  const waitMs = (deps.settings.buildMinutes + 2) * 60_000;
  try {
    const holder = `deploy:${deps.runner}:${randomUUID()}`;
    const done = await withLease(deps.db, `site:${request.siteId}`, holder, waitMs, (lost) => {
      clearTimeout(waiting);
      return run(lost);
    });
    if (done) return done.result;
  } finally {
    clearTimeout(waiting);
  }
  throw new AppError('deployment-running', {
    message: `Another deployment of this site is still running after ${deps.settings.buildMinutes + 2} minutes.`,
    hint: 'Wait for its end on the site’s page, then try again.',
  });
}

async function runTurn<T>(
  deps: DeployDeps,
  request: TurnRequest,
  lost: AbortSignal,
  startedAt: number,
  work: (turn: Turn) => Promise<T>,
): Promise<T> {
  request.signal?.throwIfAborted();
  const site = await deps.db.site.findUnique({ where: { id: request.siteId }, include: { plan: true } });
  if (!site || site.state === 'deleting') throw siteNotFound();
  refuseRestored(site, startedAt);
  const environment = await readEnvironment(deps, site);
  const { deployment, kept } = await openDeployment(deps, request, environment.revision);
  const row = { id: deployment.id, siteId: site.id };
  const log = createDeploymentLog(deps, row, request.onLine ?? (() => {}), createMask(environment.variables));
  const signal = request.signal ? AbortSignal.any([lost, request.signal]) : lost;
  try {
    await refuseHeld(deps, site);
    if (site.rest !== 'awake') log.say('Waking the site');
    if (site.rest !== 'awake') await deps.wake(site.id);
    const { settledLater = false } = request;
    return await work({ site, deployment, kept, environment, log, signal, settledLater, startedAt });
  } catch (error) {
    const told = toTold(error, signal);
    log.keep(`Failed: ${told.message}`);
    log.keep(told.hint);
    await closeFailed(deps, deployment.id, site.id, told);
    throw told;
  } finally {
    await log.end();
  }
}

async function readEnvironment({ db, settings }: DeployDeps, site: Site): Promise<Environment> {
  const revision = site.environmentRevision;
  if (revision === 0) return { revision, variables: new Map() };
  return { revision, variables: unsealAll(requireSecret(settings), await readSealed(db, site.id, revision)) };
}

async function openDeployment(deps: DeployDeps, { siteId, cause, by }: TurnRequest, environmentRevision: number) {
  const earlier = await deps.db.deployment.findMany({
    where: { siteId, kept: true },
    orderBy: { number: 'desc' },
    select: { number: true },
  });
  const newest = await deps.db.deployment.aggregate({ where: { siteId }, _max: { number: true } });
  const deployment = await deps.db.deployment.create({
    data: {
      siteId,
      cause,
      by: plainText(by ?? '', BY_CHARACTERS_MAX) || null,
      number: (newest._max.number ?? 0) + 1,
      environmentRevision,
      runner: deps.runner,
    },
    select: { id: true, number: true },
  });
  await deps.db.site.updateMany({ where: { id: siteId }, data: { activeAt: new Date() } });
  await notify(deps.db, 'site', siteId);
  return { deployment, kept: earlier.map(({ number }) => number) };
}

/** What was asked of a disk that is about to be another one, or is by now, is not there to be deployed. */
function refuseRestored({ restoringId, restoredAt }: Site, startedAt: number): void {
  const askedAt = Date.now() - (performance.now() - startedAt);
  if (!restoringId && (restoredAt?.getTime() ?? 0) < askedAt) return;
  throw new AppError('site-not-ready', {
    message: restoringId ? 'The site is being restored to a checkpoint.' : 'The site was restored meanwhile.',
    hint: 'Fetch in a moment, to see where its repository is now, then push again.',
  });
}

/** A held site takes a release only where its app kept ending and its container still runs: the release may be the cure. */
async function refuseHeld({ engine }: DeployDeps, site: Site): Promise<void> {
  if (!site.heldBy) return;
  const container = site.heldBy === 'storm' ? await engine.inspect(site.id) : null;
  if (container?.status !== 'running') throw siteHeld(site);
}

/** What goes into the row. A broken invariant becomes a bland sentence here; the exit logs the rest. */
function toTold(error: unknown, signal: AbortSignal): AppError {
  if (error instanceof AppError) return error;
  if (signal.aborted) {
    return new AppError('interrupted', {
      message: 'The deployment was interrupted.',
      hint: 'Push again; what was live before still serves.',
      cause: error,
    });
  }
  return new AppError('interrupted', {
    message: 'The deployment failed because of a fault on our side.',
    hint: 'Push again in a minute; what was live before still serves.',
    cause: error,
  });
}

async function closeFailed(deps: DeployDeps, deploymentId: string, siteId: string, told: AppError): Promise<void> {
  try {
    const problem = oneLine(`${told.message} ${told.hint}`);
    // What is still to be settled keeps its runner, by which the sweep finds it.
    const runner = deps.unsettled.has(deploymentId) ? {} : { runner: null };
    const data = { problem, interrupted: told.code === 'interrupted', ...runner };
    await deps.db.$transaction((tx) => markFailed(tx, deploymentId, data));
    await notify(deps.db, 'site', siteId);
  } catch (cause) {
    deps.unsettled.add(deploymentId);
    deps.log.warn({ deploymentId, cause: String(cause) }, 'a failed deployment stays "running" until the sweep');
  }
}
