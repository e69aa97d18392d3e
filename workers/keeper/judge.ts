// Judges every reading of all sites and writes what follows. The policy is lib/limits; its memory is here, and is taken
// over from the open verdicts when the keeper starts.

import type { Db } from '#lib/db/client.ts';
import { act, holdDisk, releaseDisk } from '#lib/limits/act.ts';
import { readFacts, readStates, type SiteFacts } from '#lib/limits/facts.ts';
import { judge, type Outcome } from '#lib/limits/judge.ts';
import { HOST_RESOURCES, type HostLevel, type HostState, judgeHost, newHostState } from '#lib/limits/judge-host.ts';
import { judgePool, NEW_POOL, type PoolSite } from '#lib/limits/judge-pool.ts';
import { type JudgedSite, type JudgeState, newState } from '#lib/limits/judged.ts';
import { POOL_WORDS } from '#lib/limits/sentences.ts';
import { pruneEvents, writeHostEvent, writeOutcomes } from '#lib/limits/store.ts';
import type { Log } from '#lib/log.ts';
import type { HostReading, Reading, SiteReading } from '#lib/usage/reading.ts';
import { watchKeeper } from './watch.ts';

/** A jump of the clock must not delete everybody: this many guests' sites within this time. */
const DELETED_MAX = 5;
const DELETED_MS = 15_000;
const PRUNE_MS = 10 * 60_000;

export interface JudgeDeps {
  db: Db;
  log: Log;
  now: () => Date;
}

export interface Pool {
  bytes: number;
  bytesFree: number;
}

/** For the readings as they are delivered: judges each, and tells when they stay away or are slow. */
export function startJudging(deps: JudgeDeps): { take(reading: Reading): Promise<void>; stop(): void } {
  const judgeRound = createJudge(deps);
  const judgeMachine = createHostJudge(deps);
  const watch = watchKeeper({ ...deps, now: () => deps.now().getTime() });
  return {
    async take({ sites, host }) {
      await judgeRound(sites, { bytes: host.poolBytes, bytesFree: host.poolBytesFree });
      await orLater(deps.log, 'the machine', judgeMachine(host));
      await orLater(deps.log, 'the keeper', watch.read(host.readMillis));
    },
    stop: watch.stop,
  };
}

/** What fails once the sites are judged must not have them judged by the same reading again, which would count twice. */
async function orLater<T>(log: Log, title: string, work: Promise<T>): Promise<T | null> {
  return work.catch((error) => {
    log.error({ cause: error instanceof Error ? error.stack : String(error) }, `judging ${title} failed`);
    return null;
  });
}

/** Takes the readings of one round. A round that fails is judged with the next: what is remembered changes at its end. */
export function createJudge(deps: JudgeDeps): (readings: SiteReading[], pool: Pool) => Promise<void> {
  const { db, log, now: clock } = deps;
  let states: Map<string, JudgeState> | null = null;
  let pool = { state: NEW_POOL, at: 0 };
  let deletedAt: number[] = [];
  let prunedAt = 0;

  const mayDelete = (now: Date) => {
    deletedAt = deletedAt.filter((at) => now.getTime() - at < DELETED_MS);
    if (deletedAt.length >= DELETED_MAX) return false;
    deletedAt.push(now.getTime());
    return true;
  };
  const doAll = async (site: JudgedSite, { actions }: Outcome, now: Date) => {
    for (const action of actions) {
      if (action.do === 'delete' && !mayDelete(now)) continue;
      const isDone = await act(db, site, action, now);
      log.info({ siteId: site.id, action: action.do, isDone }, 'acted for a limit');
      if (!isDone) return false;
    }
    return true;
  };

  return async (readings, poolNow) => {
    const now = clock();
    const facts = await readFacts(db);
    if (!states) pool = { ...pool, state: { ...NEW_POOL, isLow: await wasPoolLow(db) } };
    const before = states ?? (await readStates(db, now));
    const byId = new Map(readings.map((reading) => [reading.siteId, reading]));
    const after = new Map<string, JudgeState>();
    const said: { siteId: string; outcome: Outcome }[] = [];
    for (const { site, limits } of facts) {
      const earlier = before.get(site.id) ?? newState();
      const outcome = judge(limits, byId.get(site.id) ?? null, earlier, now, site);
      // The site is no longer what was judged: the next round sees what it is.
      const isDone = outcome.actions.length === 0 || (await doAll(site, outcome, now));
      after.set(site.id, isDone ? outcome.state : earlier);
      if (isDone) said.push({ siteId: site.id, outcome });
    }
    await writeOutcomes(db, said, now);
    states = after;
    const state = await orLater(log, 'the pool', keepRoom(deps, facts, byId, poolNow, pool, now));
    if (state) pool = { state, at: now.getTime() };
    if (now.getTime() - prunedAt < PRUNE_MS) return;
    prunedAt = now.getTime();
    await orLater(log, 'what may go', pruneEvents(db));
  };
}

/** Tells of the machine's memory, processes and own disk. Its memory begins with what the keeper before told last. */
export function createHostJudge({ db, log }: JudgeDeps): (host: HostReading) => Promise<void> {
  let state: HostState | null = null;
  return async (host) => {
    const { state: next, events } = judgeHost(host, state ?? newHostState(await toldLast(db)));
    for (const event of events) {
      await writeHostEvent(db, event);
      log.warn({ kind: event.kind, ...event.numbers }, 'judged the machine');
    }
    state = next;
  };
}

async function toldLast(db: Db): Promise<Record<string, HostLevel | null>> {
  const told = HOST_RESOURCES.map(async (kind) => {
    const last = await db.event.findFirst({ where: { siteId: null, kind }, orderBy: { at: 'desc' } });
    return [kind, last?.level === 'warn' || last?.level === 'critical' ? last.level : null] as const;
  });
  return Object.fromEntries(await Promise.all(told));
}

/** As the keeper before told it last. */
async function wasPoolLow(db: Db): Promise<boolean> {
  const last = await db.event.findFirst({ where: { siteId: null, kind: 'pool' }, orderBy: { at: 'desc' } });
  return last?.level === 'over';
}

/** Holds and frees disks for the pool's sake. */
async function keepRoom(
  { db, log }: JudgeDeps,
  facts: SiteFacts[],
  readings: ReadonlyMap<string, SiteReading>,
  pool: Pool,
  before: { state: typeof NEW_POOL; at: number },
  now: Date,
) {
  const sites = facts.map(({ site }) => poolSiteOf(site, readings.get(site.id)));
  const spanMs = before.at === 0 ? 0 : now.getTime() - before.at;
  const { state, hold, release, event } = judgePool(pool, sites, before.state, spanMs);
  for (const { siteId, text } of hold) await holdDisk(db, siteId, text);
  const reasons = new Map(facts.map(({ site }) => [site.id, site.diskHeldFor]));
  for (const siteId of release) await releaseDisk(db, siteId, reasons.get(siteId) ?? null);
  if (event) await writeHostEvent(db, { kind: 'pool', ...event });
  if (event || hold.length > 0) log.warn({ ...pool, held: hold.length }, 'judged the pool');
  return state;
}

function poolSiteOf({ id, diskHeldFor }: JudgedSite, reading: SiteReading | undefined): PoolSite {
  const heldBy = diskHeldFor === null ? null : diskHeldFor.startsWith(POOL_WORDS) ? 'pool' : 'inodes';
  return { siteId: id, diskBytes: reading?.diskBytes ?? null, heldBy };
}
