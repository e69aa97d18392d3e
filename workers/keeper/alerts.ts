// The keeper's loop of mail and alerts: links and invitations that somebody waits for are mailed, what happened becomes
// messages, and messages that are due are sent.

import { deliverLinks } from '#lib/accounts/deliver-links.ts';
import { pruneLinks } from '#lib/accounts/links.ts';
import { type DeliveryDeps, deliverDue } from '#lib/alerts/deliver.ts';
import { createMailer } from '#lib/alerts/mail.ts';
import { planAlerts, pruneAlerts } from '#lib/alerts/outbox.ts';
import type { Db } from '#lib/db/client.ts';
import type { Settings } from '#lib/env.ts';
import type { Log } from '#lib/log.ts';
import { mailInvitations } from '#lib/sharing/mail-invitations.ts';

export const ALERT_MS = 1_000;
const PRUNE_MS = 3_600_000;
/** Of full batches in one round: the next round goes on. */
const BATCHES_MAX = 10;

/** The work of one round. */
export function createAlerts({ db, settings, log }: { db: Db; settings: Settings; log: Log }): () => Promise<void> {
  const delivery: DeliveryDeps = { db, settings, log, mailer: createMailer(settings), now: () => new Date() };
  let prunedAt = 0;
  return async () => {
    const now = delivery.now();
    if (delivery.mailer) await deliverLinks(delivery);
    await planAlerts(db, now);
    for (let batch = 0; batch < BATCHES_MAX && (await deliverDue(delivery)) > 0; batch += 1);
    await mailInvitations(delivery);
    if (now.getTime() - prunedAt < PRUNE_MS) return;
    await pruneAlerts(db, now);
    await pruneLinks(db, now);
    prunedAt = now.getTime();
  };
}
