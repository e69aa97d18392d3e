// From messages that wait to messages that were taken. A claim is written before the sending: a keeper that is killed in
// between leaves a message that is sent once more, later, and never a storm.

import { unseal } from '../auth/seal.ts';
import type { Db } from '../db/client.ts';
import type { AlertChannel, AlertMessage } from '../db/generated/client.ts';
import { requireSecret, type Settings } from '../env.ts';
import { AppError } from '../errors/app-error.ts';
import type { Log } from '../log.ts';
import { type Composed, compose, composeConfirmation, slackBody, webhookBody } from './compose.ts';
import { confirmationLink } from './confirm.ts';
import type { Mailer } from './mail.ts';
import { LINES } from './outbox.ts';
import { CONFIRM, TEST } from './plan.ts';
import { post } from './post.ts';
import { ownAddresses } from './resolve.ts';
import { ATTEMPTS_MAX, retryMs } from './retry.ts';
import { SIGNATURE_HEADER, sign } from './signature.ts';

export interface DeliveryDeps {
  db: Db;
  settings: Settings;
  log: Log;
  mailer: Mailer | null;
  now: () => Date;
}

type Message = AlertMessage & { channel: AlertChannel };

/** Sent at a time; each takes some seconds at the most. */
const BATCH = 30;
/** Longer than any sending: whoever claimed a message and died holds it for so long. */
const CLAIM_MS = 60_000;

/** Sends what is due. Answers how many messages it tried. Safe in several processes at once. */
export async function deliverDue(deps: DeliveryDeps): Promise<number> {
  const messages = await claim(deps);
  await Promise.all(messages.map((message) => deliver(deps, message)));
  return messages.length;
}

/** The admins' first: users' receivers that take their time must not make the machine's alerts late. */
async function claim({ db, now }: DeliveryDeps): Promise<Message[]> {
  const at = now();
  const claimed = await db.$queryRaw<{ id: string }[]>`
    update "AlertMessage" set attempts = attempts + 1, "dueAt" = ${new Date(at.getTime() + CLAIM_MS)}
    where id in (
      select m.id from "AlertMessage" m join "AlertChannel" c on c.id = m."channelId"
      where m."sentAt" is null and m."failedAt" is null and m."dueAt" <= ${at} and (c.enabled or m."group" = ${CONFIRM})
      order by c."ownerId" is not null, m."dueAt" limit ${BATCH} for update of m skip locked)
    returning id`;
  const ids = claimed.map(({ id }) => id);
  return db.alertMessage.findMany({ where: { id: { in: ids } }, include: { channel: true } });
}

async function deliver(deps: DeliveryDeps, message: Message): Promise<void> {
  const problem = await send(deps, message).catch((error) => {
    if (error instanceof AppError) return error.message;
    deps.log.error({ messageId: message.id, cause: String(error?.stack ?? error) }, 'an alert could not be sent');
    return 'It could not be sent because of a fault on our side.';
  });
  await (problem === null ? markSent(deps, message) : markProblem(deps, message, problem));
}

/** Null: the receiver took it. */
async function send({ settings, mailer, now }: DeliveryDeps, message: Message): Promise<string | null> {
  const { id, group, count, channel } = message;
  const told = { id, group, count, lines: LINES.parse(message.events) };
  const composed: Composed =
    group === CONFIRM
      ? composeConfirmation(confirmationLink(settings, channel, now()))
      : compose(told, settings.appUrl);
  if (channel.kind === 'email') {
    return mailer ? mailer(channel.target, composed, id) : 'No mail server is set for this instance.';
  }
  const rules = channel.ownerId === null ? null : { allow: settings.alertAllow, own: ownAddresses() };
  if (channel.kind === 'slack') return post(channel.target, JSON.stringify(slackBody(composed)), {}, rules);
  const body = JSON.stringify(webhookBody(told, composed, settings.appUrl));
  const secret = channel.sealedSecret && unseal(requireSecret(settings), channel.sealedSecret);
  const headers = secret ? { [SIGNATURE_HEADER]: sign(secret, body, now()) } : {};
  return post(channel.target, body, headers, rules);
}

async function markSent({ db, now }: DeliveryDeps, { id, channelId }: Message): Promise<void> {
  await db.$transaction([
    db.alertMessage.updateMany({ where: { id }, data: { sentAt: now(), problem: null } }),
    db.alertChannel.updateMany({ where: { id: channelId }, data: { problem: null } }),
  ]);
}

/** A test is tried once: whoever pressed the button waits for the answer. */
async function markProblem({ db, log, now }: DeliveryDeps, message: Message, problem: string): Promise<void> {
  const { id, channelId, group, attempts } = message;
  const waitMs = group === TEST ? null : retryMs(attempts);
  const at = now();
  const next = waitMs === null ? { failedAt: at } : { dueAt: new Date(at.getTime() + waitMs) };
  log.info({ channelId, attempts, problem }, waitMs === null ? 'an alert was given up' : 'an alert waits');
  const shown = waitMs === null && group !== TEST ? `${problem} Given up after ${ATTEMPTS_MAX} attempts.` : problem;
  await db.$transaction([
    db.alertMessage.updateMany({ where: { id }, data: { problem, ...next } }),
    db.alertChannel.updateMany({ where: { id: channelId }, data: { problem: shown } }),
  ]);
}
