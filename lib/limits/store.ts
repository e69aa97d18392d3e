// Writes what the policy said: verdicts that are open, events that happened. A batch is one transaction, and the pages of
// the sites in it are rung at its end. Sites that have gone meanwhile are passed over.

import type { Db, Transaction } from '../db/client.ts';
import { notifyAll } from '../db/notify.ts';
import type { Outcome } from './judge.ts';
import type { HostResource } from './sentences.ts';

/** What is kept of each site's events, and of the machine's. */
export const EVENTS_MAX = 500;

export interface SiteOutcome {
  siteId: string;
  outcome: Pick<Outcome, 'opened' | 'changed' | 'refreshed' | 'released' | 'events'>;
}

export interface HostEvent {
  kind: 'pool' | 'keeper' | HostResource;
  level: string;
  text: string;
  numbers: Record<string, number>;
}

/** Nothing to say is no transaction. */
export async function writeOutcomes(db: Db, batch: SiteOutcome[], at: Date): Promise<void> {
  const said = batch.filter(({ outcome }) => isSaid(outcome));
  if (said.length === 0) return;
  await db.$transaction(async (tx) => {
    const known = await lockSites(
      tx,
      said.map(({ siteId }) => siteId),
    );
    const present = said.filter(({ siteId }) => known.has(siteId));
    await writeVerdicts(tx, present, at);
    const events = present.flatMap(({ siteId, outcome }) => outcome.events.map((event) => ({ siteId, ...event, at })));
    if (events.length > 0) await tx.event.createMany({ data: events });
    await notifyAll(tx, 'site', [...known]);
  });
}

function isSaid({ opened, changed, refreshed, released, events }: SiteOutcome['outcome']): boolean {
  return [opened, changed, refreshed, released, events].some(({ length }) => length > 0);
}

/** They cannot be deleted before the transaction ends. */
async function lockSites(tx: Transaction, ids: string[]): Promise<Set<string>> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select id from "Site" where id = any(${ids}::uuid[]) and state <> 'deleting' order by id for key share`;
  return new Set(rows.map(({ id }) => id));
}

async function writeVerdicts(tx: Transaction, batch: SiteOutcome[], at: Date): Promise<void> {
  const rows = batch.flatMap(({ siteId, outcome }) =>
    [...outcome.opened, ...outcome.changed, ...outcome.refreshed].map((verdict) => ({ siteId, ...verdict, since: at })),
  );
  const released = batch.flatMap(({ siteId, outcome }) => outcome.released.map((kind) => ({ siteId, kind })));
  if (rows.length > 0) {
    await tx.$executeRaw`
      insert into "Verdict" ("siteId", kind, level, text, hint, numbers, since)
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as v("siteId" uuid, kind text, level text, text text, hint text, numbers jsonb, since timestamptz)
      on conflict ("siteId", kind) do update set level = excluded.level, text = excluded.text, hint = excluded.hint,
        numbers = excluded.numbers`;
  }
  if (released.length > 0) {
    await tx.$executeRaw`
      delete from "Verdict" v using jsonb_to_recordset(${JSON.stringify(released)}::jsonb) as r("siteId" uuid, kind text)
      where v."siteId" = r."siteId" and v.kind = r.kind`;
  }
}

/** About the machine: the admins' page and their alerts show it. */
export async function writeHostEvent(db: Db, event: HostEvent): Promise<void> {
  await db.event.create({ data: { siteId: null, ...event } });
}

/** Deletes the oldest events of every site, and of the machine, beyond what is kept. */
export async function pruneEvents(db: Db): Promise<number> {
  return db.$executeRaw`
    with many as (select "siteId" from "Event" group by "siteId" having count(*) > ${EVENTS_MAX})
    delete from "Event" e using many, lateral (
      select at from "Event" k where k."siteId" is not distinct from many."siteId" order by at desc offset ${EVENTS_MAX - 1} limit 1
    ) oldest
    where e."siteId" is not distinct from many."siteId" and e.at < oldest.at`;
}
