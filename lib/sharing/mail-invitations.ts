// Mails of invitations: those that wait are sent, those that are too old are forgotten. A claim is written before the
// sending: a keeper that is killed in between leaves a mail that is sent once more.

import type { Mailer } from '../alerts/mail.ts';
import { ATTEMPTS_MAX, retryMs } from '../alerts/retry.ts';
import { unseal } from '../auth/seal.ts';
import type { Db } from '../db/client.ts';
import { requireSecret, type Settings } from '../env.ts';
import { composeInvitation } from './compose-invitation.ts';
import { invitationLink } from './invitations.ts';

const BATCH = 10;
/** Longer than any sending. */
const CLAIM_MS = 60_000;

interface MailDeps {
  db: Db;
  settings: Settings;
  mailer: Mailer | null;
  now: () => Date;
}

/** Answers how many it tried. Safe in several processes at once. */
export async function mailInvitations(deps: MailDeps): Promise<number> {
  const { db, now } = deps;
  await db.invitation.deleteMany({ where: { expiresAt: { lte: now() } } });
  const claimed = await claim(deps);
  await Promise.all(claimed.map((id) => mail(deps, id)));
  return claimed.length;
}

async function claim({ db, now }: MailDeps): Promise<string[]> {
  const at = now();
  const rows = await db.$queryRaw<{ id: string }[]>`
    update "Invitation" set attempts = attempts + 1, "dueAt" = ${new Date(at.getTime() + CLAIM_MS)}
    where id in (
      select id from "Invitation" where "sealedToken" is not null and "dueAt" <= ${at}
      order by "dueAt" limit ${BATCH} for update skip locked)
    returning id`;
  return rows.map(({ id }) => id);
}

/** What became of it is written only while the invitation is still that one. */
async function mail({ db, settings, mailer, now }: MailDeps, id: string): Promise<void> {
  const include = { site: { select: { name: true } }, invitedBy: { select: { email: true } } };
  const row = await db.invitation.findUnique({ where: { id }, include });
  if (!row || row.sealedToken === null) return;
  const { site, role, invitedBy, email, attempts, sealedToken, tokenHash } = row;
  const link = invitationLink(settings, unseal(requireSecret(settings), sealedToken));
  const composed = composeInvitation({ site: site.name, role, invitedBy: invitedBy.email, link });
  const problem = mailer
    ? await mailer(email, composed, tokenHash.slice(0, 32))
    : 'No mail server is set for this instance.';
  const waitMs = problem === null ? null : retryMs(attempts);
  const next = waitMs === null ? { sealedToken: null } : { dueAt: new Date(now().getTime() + waitMs) };
  const shown = problem !== null && waitMs === null ? `${problem} Given up after ${ATTEMPTS_MAX} attempts.` : problem;
  await db.invitation.updateMany({ where: { id, tokenHash }, data: { problem: shown, ...next } });
}
