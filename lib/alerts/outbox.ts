// From events to messages that wait: each event is looked at once, in the transaction that marks it. Killed in between,
// the next keeper does the same again.

import { z } from 'zod';
import type { Db, Transaction } from '../db/client.ts';
import { hears, type TellableEvent } from './channel.ts';
import { type Draft, type EarlierMessage, MEMORY_MS, planMessages } from './plan.ts';

const EVENTS_MAX = 200;
/** Of planning them all; a machine under load is slow, and the next round would have no less to do. */
const PLANNING_MS = { maxWait: 10_000, timeout: 20_000 };
/** Older ones were not told in time, such as before an upgrade, and are not told any more. */
const EVENT_AGE_MS_MAX = 24 * 3_600_000;
const CHANNELS_MAX = 1_000;
/** One plans at a time (pg_advisory_xact_lock); any number that is nobody else's. */
const PLANNING = 0x616c6572;
const KEPT_MS = 7 * 24 * 3_600_000;

export const LINES = z.array(
  z.object({
    site: z.string().nullable(),
    kind: z.string(),
    level: z.string(),
    text: z.string(),
    at: z.string(),
    times: z.number(),
  }),
);

/** Writes messages of the events that nobody was told of yet. Answers how many events it looked at. */
export async function planAlerts(db: Db, now: Date): Promise<number> {
  return db.$transaction(async (tx) => {
    const [lock] = await tx.$queryRaw<{ mine: boolean }[]>`select pg_try_advisory_xact_lock(${PLANNING}) as mine`;
    if (!lock?.mine) return 0;
    const events = await untold(tx);
    if (events.length === 0) return 0;
    const recent = events.filter(({ at }) => at.getTime() > now.getTime() - EVENT_AGE_MS_MAX);
    await tellChannels(tx, recent, now);
    await tx.event.updateMany({ where: { id: { in: events.map(({ id }) => id) } }, data: { alerted: true } });
    return events.length;
  }, PLANNING_MS);
}

/** Messages that are done are kept for a week. */
export async function pruneAlerts(db: Db, now: Date): Promise<void> {
  const old = { lt: new Date(now.getTime() - KEPT_MS) };
  await db.alertMessage.deleteMany({ where: { createdAt: old } });
}

async function untold(tx: Transaction): Promise<TellableEvent[]> {
  const rows = await tx.event.findMany({
    where: { alerted: false },
    orderBy: { at: 'asc' },
    take: EVENTS_MAX,
    include: { site: { select: { name: true, ownerId: true } } },
  });
  return rows.map(({ site, ...event }) => ({ ...event, site: site?.name ?? null, ownerId: site?.ownerId ?? null }));
}

async function tellChannels(tx: Transaction, events: TellableEvent[], now: Date): Promise<void> {
  const owners = [...new Set(events.flatMap(({ ownerId }) => ownerId ?? []))];
  const channels = await tx.alertChannel.findMany({
    where: { enabled: true, OR: [{ ownerId: null }, { ownerId: { in: owners } }] },
    orderBy: { ownerId: { sort: 'asc', nulls: 'first' } },
    take: CHANNELS_MAX,
  });
  for (const channel of channels) {
    const heard = events.filter((event) => hears(channel, event));
    if (heard.length === 0) continue;
    const drafts = planMessages(await earlierOf(tx, channel.id, now), heard, now);
    for (const draft of drafts) await write(tx, channel.id, draft);
  }
}

/** Locked until they are written: a delivery that begins meanwhile passes them over. */
async function earlierOf(tx: Transaction, channelId: string, now: Date): Promise<EarlierMessage[]> {
  const since = new Date(now.getTime() - MEMORY_MS);
  const rows = await tx.$queryRaw<
    { id: string; group: string; events: unknown; count: number; at: Date; dueAt: Date; open: boolean }[]
  >`select id, "group", events, count, coalesce("sentAt", "createdAt") as at, "dueAt",
      (attempts = 0 and "sentAt" is null and "failedAt" is null) as open
    from "AlertMessage" where "channelId" = ${channelId}::uuid
      and (coalesce("sentAt", "createdAt") > ${since} or (attempts = 0 and "sentAt" is null))
    for update`;
  return rows.map(({ events, ...row }) => ({ ...row, lines: LINES.parse(events) }));
}

async function write(tx: Transaction, channelId: string, { id, group, lines, count, dueAt }: Draft): Promise<void> {
  const events = lines.map((line) => ({ ...line }));
  if (id !== null) await tx.alertMessage.update({ where: { id }, data: { events, count, dueAt } });
  else await tx.alertMessage.create({ data: { channelId, group, events, count, dueAt } });
}
