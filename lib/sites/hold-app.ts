// Holds a site whose app kept ending: visitors see that it is stopped, its process stays down, and its container is left
// as it is, so that the owner can go in and look. One whose container ended stays so.

import type { ContainerState, ExecSession } from '../engine/engine.ts';
import { AppError } from '../errors/app-error.ts';
import { withLease } from '../jobs/lease.ts';
import type { ConvergeDeps } from './converge.ts';
import type { SiteWithPlan } from './machine.ts';
import { isAtRest, setRestRoute } from './rest.ts';

/**
 * In which containers the app is down by us, and since which hold: a release that ends a hold keeps the container, and may
 * be held in its turn. Kept in memory: another worker makes sure once more.
 */
export interface HeldApps {
  isHeld(container: Pick<ContainerState, 'instanceId'>, heldAt: Date | null): boolean;
  note(container: Pick<ContainerState, 'instanceId'>, heldAt: Date | null): void;
  /** Forgets the containers that are not among these. */
  keepOnly(containers: Iterable<Pick<ContainerState, 'instanceId'>>): void;
}

const HOLD_MS_MAX = 20_000;
const STOP_SECONDS = 5;

export function createHeldApps(): HeldApps {
  const held = new Map<string, number>();
  const timeOf = (heldAt: Date | null) => heldAt?.getTime() ?? 0;
  return {
    isHeld: ({ instanceId }, heldAt) => held.get(instanceId) === timeOf(heldAt),
    note: ({ instanceId }, heldAt) => void held.set(instanceId, timeOf(heldAt)),
    keepOnly(containers) {
      const present = new Set([...containers].map(({ instanceId }) => instanceId));
      for (const id of held.keys()) if (!present.has(id)) held.delete(id);
    },
  };
}

/**
 * Safe to repeat and to be killed in. While a deployment runs nothing is held: a release that goes live ends the hold, and
 * if none does, the next look comes back to it.
 */
export async function holdApp(deps: ConvergeDeps, site: SiteWithPlan): Promise<void> {
  const container = await deps.engine.inspect(site.id);
  await setRestRoute(deps, site, container);
  if (isAtRest('stopped', container)) await leaveNoAddress(deps, site);
  if (container?.status !== 'running' || deps.heldApps.isHeld(container, site.heldAt)) return;
  const holder = `hold:${deps.runner}:${crypto.randomUUID()}`;
  await withLease(deps.db, `site:${site.id}`, holder, 0, async () => {
    const now = await deps.db.site.findUnique({ where: { id: site.id }, select: { heldBy: true, heldAt: true } });
    if (now?.heldBy !== 'storm') return;
    await endApp(deps, site.id);
    deps.heldApps.note(container, now.heldAt);
  });
}

/** The engine gives it to another container: what that one does must not be told of this site. */
async function leaveNoAddress({ db }: ConvergeDeps, { id, address }: SiteWithPlan): Promise<void> {
  await db.site.updateMany({
    where: { id, heldBy: 'storm', address, NOT: { address: null } },
    data: { address: null },
  });
}

/** A container in which nothing can be started any more is stopped instead. */
async function endApp(deps: ConvergeDeps, siteId: string): Promise<void> {
  try {
    const session = await deps.engine.exec(siteId, { command: ['/.lightkeeper/hold'] });
    const code = await exitOf(session);
    deps.log.info({ siteId, code }, 'the app of a site is held');
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'site-not-ready') throw error;
    await deps.engine.stop(siteId, STOP_SECONDS);
  }
}

/** What it says and how it ends is the tenant's: it is bounded, and believed in nothing. */
async function exitOf(session: ExecSession): Promise<number> {
  session.stdout.resume();
  session.stderr?.resume();
  session.stdin.on('error', () => {}); // The exit code tells.
  session.stdin.end();
  const timer = setTimeout(() => void session.hangUp().catch(() => {}), HOLD_MS_MAX);
  return session.exited.finally(() => clearTimeout(timer));
}
