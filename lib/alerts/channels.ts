// The channels of one user, or of the admins: add, list, test, remove. Bounded in number; a user's address is checked
// when it is added and each time it is used.

import { mailboxOf } from '../accounts/email.ts';
import { audit, type Who } from '../audit/audit.ts';
import { seal } from '../auth/seal.ts';
import type { Db, Transaction } from '../db/client.ts';
import { requireSecret, type Settings } from '../env.ts';
import { AppError } from '../errors/app-error.ts';
import type { AlertKind, AlertLevel } from './channel.ts';
import { CONFIRM, TEST } from './plan.ts';
import { ownAddresses, resolveTarget } from './resolve.ts';
import { newSecret } from './signature.ts';
import { parseTarget } from './target.ts';

export const CHANNELS_MAX = { user: 5, admin: 20 } as const;
/** Tests of one channel that may wait at a time. */
const TESTS_MAX = 3;

export interface ChannelDeps {
  db: Db;
  settings: Settings;
}

/** Whose channels: a user's, or null, the admins'. */
export type Owner = string | null;

/** Who changes them; for the admins', a person that the audit log names. */
export interface Change {
  owner: Owner;
  who: Who | null;
}

export interface ChannelWish {
  kind: AlertKind;
  target: string;
  level: AlertLevel;
}

export interface ChannelView {
  id: string;
  kind: AlertKind;
  /** As much of it as tells it from others: a hook's path is as good as a password. */
  target: string;
  level: string;
  /** False: its address has not agreed yet. */
  enabled: boolean;
  problem: string | null;
  createdAt: string;
  lastSentAt: string | null;
  /** Messages that wait to be sent. */
  waiting: number;
}

/**
 * Adds a channel; the same one again changes nothing but its level, and asks an address that has not agreed again.
 * `secret` is told this once. `mayAsk` throws when a mailbox was asked too often. Throws `bad-target`,
 * `too-many-channels`, `mail-off`, `too-many-requests`.
 */
export async function addChannel(
  { db, settings }: ChannelDeps,
  { owner, who }: Change,
  wish: ChannelWish,
  mayAsk: (mailbox: string) => void,
): Promise<{ id: string; secret: string | null }> {
  const target = parseTarget(wish.kind, wish.target);
  if (wish.kind === 'email') requireMail(settings);
  else await resolveTarget(new URL(target), owner === null ? null : rulesOf(settings));
  const known = await db.alertChannel.findFirst({ where: { ownerId: owner, kind: wish.kind, target } });
  const mustAgree = wish.kind === 'email' && owner !== null && !known?.enabled;
  if (mustAgree) mayAsk(mailboxOf(target));
  if (known) {
    await db.alertChannel.update({ where: { id: known.id }, data: { level: wish.level } });
    if (mustAgree) await addMessage(db, known.id, CONFIRM);
    return { id: known.id, secret: null };
  }
  const secret = wish.kind === 'webhook' ? newSecret() : null;
  return db.$transaction(async (tx) => {
    await requireRoom(tx, owner);
    const { id } = await tx.alertChannel.create({
      data: {
        ownerId: owner,
        kind: wish.kind,
        target,
        level: wish.level,
        enabled: !mustAgree,
        sealedSecret: secret && seal(requireSecret(settings), secret),
      },
    });
    if (mustAgree) await addMessage(tx, id, CONFIRM);
    const { kind, level } = wish;
    if (who) await audit(tx, { ...who, action: 'alerts.add', subject: shorten(kind, target), after: { kind, level } });
    return { id, secret };
  });
}

/** The owner's channels, oldest first. */
export async function listChannels(db: Db, owner: Owner): Promise<ChannelView[]> {
  const rows = await db.alertChannel.findMany({
    where: { ownerId: owner },
    orderBy: { createdAt: 'asc' },
    take: CHANNELS_MAX.admin,
    include: {
      messages: { where: { sentAt: { not: null } }, orderBy: { sentAt: 'desc' }, take: 1, select: { sentAt: true } },
      _count: { select: { messages: { where: { sentAt: null, failedAt: null } } } },
    },
  });
  return rows.map(({ id, kind, target, level, enabled, problem, createdAt, messages, _count }) => ({
    id,
    kind,
    target: shorten(kind, target),
    level,
    enabled,
    problem,
    createdAt: createdAt.toISOString(),
    lastSentAt: messages[0]?.sentAt?.toISOString() ?? null,
    waiting: _count.messages,
  }));
}

/** Removes a channel with what it was to be told; safe to repeat. */
export async function removeChannel(db: Db, { owner, who }: Change, id: string): Promise<void> {
  await db.$transaction(async (tx) => {
    const channel = await tx.alertChannel.findFirst({ where: { id, ownerId: owner } });
    const { count } = await tx.alertChannel.deleteMany({ where: { id, ownerId: owner } });
    if (!who || !channel || count === 0) return;
    const { kind, level, target } = channel;
    await audit(tx, { ...who, action: 'alerts.remove', subject: shorten(kind, target), before: { kind, level } });
  });
}

/** Asks for a test; answers the message's id, to look at with `readTest`. Throws `not-found`, `too-many-requests`. */
export async function requestTest(db: Db, owner: Owner, id: string): Promise<string> {
  return db.$transaction(async (tx) => {
    const channel = await tx.alertChannel.findFirst({ where: { id, ownerId: owner } });
    if (!channel?.enabled) throw channelNotFound();
    await tx.$executeRaw`select 1 from "AlertChannel" where id = ${id}::uuid for update`;
    const waiting = await tx.alertMessage.count({
      where: { channelId: id, group: TEST, sentAt: null, failedAt: null },
    });
    if (waiting < TESTS_MAX) return addMessage(tx, id, TEST);
    throw new AppError('too-many-requests', {
      message: `${waiting} tests of this channel are under way.`,
      hint: 'Wait for their answers.',
    });
  });
}

/** How a test went: null while it waits. Throws `not-found`. */
export async function readTest(
  db: Db,
  owner: Owner,
  messageId: string,
): Promise<{ sent: boolean; problem: string | null } | null> {
  const message = await db.alertMessage.findFirst({
    where: { id: messageId, group: TEST, channel: { ownerId: owner } },
  });
  if (!message) throw channelNotFound();
  if (message.sentAt) return { sent: true, problem: null };
  return message.failedAt ? { sent: false, problem: message.problem } : null;
}

function rulesOf(settings: Settings) {
  return { allow: settings.alertAllow, own: ownAddresses() };
}

async function addMessage(db: Db | Transaction, channelId: string, group: string): Promise<string> {
  const { id } = await db.alertMessage.create({ data: { channelId, group, events: [], count: 0, dueAt: new Date() } });
  return id;
}

/** Counted under a lock, so that requests at the same time do not pass together. */
async function requireRoom(tx: Transaction, owner: Owner): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtext(${`alert-channels:${owner ?? 'admins'}`}))`;
  const most = owner === null ? CHANNELS_MAX.admin : CHANNELS_MAX.user;
  if ((await tx.alertChannel.count({ where: { ownerId: owner } })) < most) return;
  throw new AppError('too-many-channels', {
    message: `There are ${most} channels, which is the most there may be.`,
    hint: 'Remove one that is no longer used, then add this one.',
  });
}

function requireMail(settings: Settings): void {
  if (settings.mailFrom !== null) return;
  throw new AppError('mail-off', {
    message: 'This instance sends no e-mail.',
    hint: 'Use a webhook, or ask the operator to set LIGHTKEEPER_MAIL_FROM and LIGHTKEEPER_SMTP_URL.',
  });
}

function channelNotFound(): AppError {
  return new AppError('not-found', { message: 'There is no such channel.', hint: 'Load the page again.' });
}

function shorten(kind: AlertKind, target: string): string {
  if (kind === 'email') return target;
  const { origin, pathname, search } = new URL(target);
  const place = pathname + search;
  return place.length > 12 ? `${origin}/…${place.slice(-6)}` : origin + place;
}
