// Wakes a site for whoever comes: a visitor whose request the proxy holds, an SSH session, a push, a rollback. Many at
// once wake it once. The answer is given as soon as the site takes connections; rows and route follow.

import { setTimeout as sleep } from 'node:timers/promises';
import { restoreSite } from '../checkpoints/restore.ts';
import type { Site } from '../db/generated/client.ts';
import { notify } from '../db/notify.ts';
import { AppError, siteNotFound } from '../errors/app-error.ts';
import { LEASE_MS, releaseLease, whileLeased, withLease } from '../jobs/lease.ts';
import type { Target } from '../proxy/proxy.ts';
import { siteHost } from './address.ts';
import type { ConvergeDeps } from './converge.ts';
import { siteHeld } from './held.ts';
import { takesConnections } from './listening.ts';
import { ensureContainer, type SiteWithPlan } from './machine.ts';

export interface Waker {
  /**
   * Where the site answers, once it does. Throws `not-found`, and `did-not-wake` with what is wrong; one that is awake is
   * no error.
   */
  wake(siteId: string): Promise<Target>;
  /** The same for whom a visitor's request names. */
  wakeHost(host: string): Promise<Target>;
  /** Somebody waits for the site at this moment. */
  isWanted(siteId: string): boolean;
}

/** How long whoever puts the site to sleep, or mends it, may take before. */
const TURN_MS = 45_000;
const LISTEN_MS = 30_000;
const LISTEN_LOOK_MS = 3;
const LIFE_LOOK_MS = 300;
/** The owner is told of a site that does not wake at most so often. */
const TELL_MS = 10 * 60_000;

/** What waking needs: everything that converging does, but itself. */
export type WakeDeps = Omit<ConvergeDeps, 'waker' | 'wake'>;

/** A site as it was when its turn was taken. */
type Seen = Pick<Site, 'id' | 'name' | 'state' | 'rest' | 'heldBy' | 'address' | 'livePort'>;

interface Turn {
  holder: string;
  seen: Seen;
}

export function createWaker(deps: WakeDeps): Waker {
  const waking = new Map<string, Promise<Target>>();
  const asking = new Map<string, Promise<Target>>();
  const join = (siteId: string, turn: Turn | null) => {
    const present = waking.get(siteId);
    if (present && turn) void releaseLease(deps.db, turnOf(siteId), turn.holder).catch(() => {}); // It expires.
    if (present) return present;
    const { promise, resolve, reject } = Promise.withResolvers<Target>();
    promise.catch(() => {}); // Each who waits has it; nobody may.
    waking.set(siteId, promise);
    wakeInTurn(deps, siteId, turn, resolve)
      .catch(reject)
      .finally(() => waking.delete(siteId));
    return promise;
  };
  const findAndWake = async (host: string) => {
    const holder = newHolder(deps);
    const { hasTurn, ...seen } = await arrive(deps, host, holder);
    return join(seen.id, hasTurn ? { holder, seen } : null);
  };
  return {
    wake: (siteId) => join(siteId, null),
    wakeHost(host) {
      const present = asking.get(host);
      if (present) return present;
      const answer = findAndWake(host).finally(() => asking.delete(host));
      asking.set(host, answer);
      return answer;
    },
    isWanted: (siteId) => waking.has(siteId),
  };
}

/** Finds the site and takes its turn, unless somebody has it: one statement, because a visitor waits. */
async function arrive({ db, settings }: WakeDeps, host: string, holder: string): Promise<Seen & { hasTurn: boolean }> {
  const [name = ''] = host.split('.');
  if (siteHost(settings, name) !== host) throw siteNotFound();
  const [found] = await db.$queryRaw<(Seen & { hasTurn: boolean })[]>`
    with site as (
      select id, name, state::text, rest::text, "heldBy"::text, address, "livePort" from "Site" where name = ${name}
    ), turn as (
      insert into "Lease" (name, holder, "expiresAt")
      select ${TURN} || id, ${holder}, now() + ${LEASE_MS} * interval '1 millisecond' from site
      on conflict (name) do update set holder = excluded.holder, "expiresAt" = excluded."expiresAt"
      where "Lease"."expiresAt" < now()
      returning true
    )
    select site.*, exists (select from turn) as "hasTurn" from site`;
  if (!found) throw siteNotFound();
  return found;
}

/** The lease of whoever changes a site's machine. */
const TURN = 'converge:';

function turnOf(siteId: string): string {
  return `${TURN}${siteId}`;
}

function newHolder({ runner }: WakeDeps): string {
  return `wake:${runner}:${crypto.randomUUID()}`;
}

/** `answer` is called once the site takes connections; what is left goes on behind it. */
async function wakeInTurn(
  deps: WakeDeps,
  siteId: string,
  turn: Turn | null,
  answer: (target: Target) => void,
): Promise<void> {
  const work = () => wakeNow(deps, siteId, turn?.seen ?? null, answer);
  if (turn) return whileLeased(deps.db, turnOf(siteId), turn.holder, work);
  if (await withLease(deps.db, turnOf(siteId), newHolder(deps), TURN_MS, work)) return;
  throw didNotWake('It has been worked on for too long.');
}

async function wakeNow(
  deps: WakeDeps,
  siteId: string,
  seen: Seen | null,
  answer: (target: Target) => void,
): Promise<void> {
  const frozen = seen && frozenTarget(seen);
  if (frozen && (await thaw(deps, siteId))) {
    answer(frozen);
    return settle(deps, seen, frozen);
  }
  let site = await deps.db.site.findUnique({ where: { id: siteId }, include: { plan: true } });
  if (site?.restoringId && site.state === 'live') {
    if ((await restoreSite(deps, site)) === 'busy') throw didNotWake('It is being restored.');
    site = await deps.db.site.findUnique({ where: { id: siteId }, include: { plan: true } });
  }
  if (!site || site.state === 'deleting') throw siteNotFound();
  const target = await start(deps, site).catch((error) => tell(deps, site, error));
  answer(target);
  await settle(deps, site, target);
}

/** The quick way: one call of the engine. False when the container needs more than that. */
function thaw({ engine }: WakeDeps, siteId: string): Promise<boolean> {
  return engine.unpause(siteId).then(
    () => true,
    () => false, // Not frozen after all, or gone: `start` looks.
  );
}

/** A frozen container keeps its address. */
function frozenTarget({ state, rest, heldBy, address, livePort }: Seen): Target | null {
  return state === 'live' && rest === 'frozen' && !heldBy && address && livePort ? { address, port: livePort } : null;
}

/** The container, whatever it was, running and taking connections. */
async function start(deps: WakeDeps, site: SiteWithPlan): Promise<Target> {
  if (site.state !== 'live' || !site.livePort) throw didNotWake('It is not launched yet.');
  // One that is only to sleep is started at once: the engine adopts what runs.
  const isPlain = site.rest !== 'awake' && !site.heldBy;
  const container = isPlain ? null : await deps.engine.inspect(site.id);
  // Its owner may look around in a container whose app is held.
  if (site.heldBy && !(site.heldBy === 'storm' && container?.status === 'running')) throw siteHeld(site);
  if (container?.status === 'running' && container.address && container.generation === site.generation) {
    return { address: container.address, port: site.livePort };
  }
  const waitMs = deps.starts.waitMs(site);
  if (waitMs > 0)
    throw didNotWake(`Its last start did not last; the next is possible in ${Math.ceil(waitMs / 1000)} s.`);
  deps.starts.started(site);
  const mounted = await deps.disk.mount(site.id);
  await deps.proxy.quiet(siteHost(deps.settings, site.name));
  const { address } = await ensureContainer(deps, site, mounted);
  if (!address) throw didNotWake('Its container has no address.');
  const target = { address, port: site.livePort };
  await untilListening(deps, site, target);
  return target;
}

/** A site whose program does not listen is awake all the same, and is then like every other whose program is broken. */
async function untilListening(deps: WakeDeps, site: SiteWithPlan, target: Target): Promise<void> {
  const start = Date.now();
  for (let lookAt = start + LIFE_LOOK_MS; !(await takesConnections(target)); await sleep(LISTEN_LOOK_MS)) {
    if (Date.now() > start + LISTEN_MS) {
      await settle(deps, site, target);
      throw didNotWake(`Its program does not listen on port ${target.port} after ${LISTEN_MS / 1000} s.`);
    }
    if (Date.now() < lookAt) continue;
    lookAt = Date.now() + LIFE_LOOK_MS;
    const container = await deps.engine.inspect(site.id);
    if (container?.status !== 'running') throw didNotWake('Its container ended right after its start.');
  }
}

/** What the rows and the proxy are to know. A kill before it is no harm: the next visitor comes by the waker again. */
async function settle(deps: WakeDeps, site: Seen, target: Target): Promise<void> {
  const where = { id: site.id, state: 'live' as const, heldBy: null };
  const { count } = await deps.db.site.updateMany({ where, data: { rest: 'awake', activeAt: new Date() } });
  if (count > 0) await deps.proxy.setRoute(siteHost(deps.settings, site.name), target);
  await notify(deps.db, 'site', site.id);
  deps.log.info({ siteId: site.id, from: site.rest }, 'a site woke');
}

async function tell(deps: WakeDeps, site: SiteWithPlan, error: unknown): Promise<never> {
  deps.log.warn({ siteId: site.id, cause: String(error) }, 'a site did not wake');
  const told = error instanceof AppError ? error : didNotWake('This is a fault on our side.', error);
  const since = new Date(Date.now() - TELL_MS);
  const kind = 'did-not-wake';
  if (!site.heldBy && !(await deps.db.event.findFirst({ where: { siteId: site.id, kind, at: { gt: since } } }))) {
    await deps.db.event.create({
      data: { siteId: site.id, kind, level: 'critical', text: `${told.message} ${told.hint}` },
    });
    await notify(deps.db, 'site', site.id);
  }
  throw told;
}

function didNotWake(why: string, cause?: unknown): AppError {
  return new AppError('did-not-wake', {
    message: `The site did not wake. ${why}`,
    hint: 'Its page has its log, and a button that restarts it.',
    cause,
  });
}
