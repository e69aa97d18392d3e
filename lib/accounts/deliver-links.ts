// The keeper mails links. Claimed before they are sent, as alerts are: one that was under way when the keeper was killed
// is sent once more. A link that is too old is not sent.

import { type Composed, page } from '../alerts/compose.ts';
import type { DeliveryDeps } from '../alerts/deliver.ts';
import { retryMs } from '../alerts/retry.ts';
import { unseal } from '../auth/seal.ts';
import type { LinkPurpose, MailedLink } from '../db/generated/client.ts';
import { requireSecret } from '../env.ts';
import { linkUrl } from './links.ts';

const BATCH = 30;
/** Longer than any sending. */
const CLAIM_MS = 60_000;

/** Sends what is due; answers how many it tried. Safe in several processes at once. */
export async function deliverLinks(deps: DeliveryDeps): Promise<number> {
  const at = deps.now();
  const claimed = await deps.db.$queryRaw<{ id: string }[]>`
    update "MailedLink" set attempts = attempts + 1, "dueAt" = ${new Date(at.getTime() + CLAIM_MS)}
    where id in (
      select id from "MailedLink" where "sentAt" is null and "usedAt" is null and "dueAt" <= ${at} and "expiresAt" > ${at}
      order by "dueAt" limit ${BATCH} for update skip locked)
    returning id`;
  const links = await deps.db.mailedLink.findMany({ where: { id: { in: claimed.map(({ id }) => id) } } });
  await Promise.all(links.map((link) => deliver(deps, link)));
  return links.length;
}

async function deliver({ db, settings, mailer, log, now }: DeliveryDeps, link: MailedLink): Promise<void> {
  if (link.sealedToken === null || mailer === null) return;
  const url = linkUrl(settings, unseal(requireSecret(settings), link.sealedToken));
  const problem = await mailer(link.email, composeLink(link.purpose, url), link.id);
  const at = now();
  if (problem === null) {
    await db.mailedLink.updateMany({ where: { id: link.id }, data: { sentAt: at, sealedToken: null } });
    return;
  }
  const waitMs = retryMs(link.attempts);
  log.info({ linkId: link.id, attempts: link.attempts, problem }, 'a link could not be mailed');
  const dueAt = waitMs === null ? link.expiresAt : new Date(at.getTime() + waitMs);
  await db.mailedLink.updateMany({ where: { id: link.id }, data: { dueAt } });
}

const WORDS: Record<LinkPurpose, { subject: string; sentences: string[] }> = {
  signIn: {
    subject: 'Sign in to Lightkeeper',
    sentences: [
      'Somebody, probably you, wants to sign in to Lightkeeper with this address.',
      'Open this link and press the button. It works once, for 15 minutes. If it was not you, do nothing.',
    ],
  },
  confirm: {
    subject: 'Is this your address?',
    sentences: [
      'Somebody, probably you, gave this address for an account at Lightkeeper.',
      'Open this link in the same browser and press the button. It works once, for a day. If it was not you, do nothing.',
    ],
  },
};

/** It carries no word of whoever typed the address. Pure. */
export function composeLink(purpose: LinkPurpose, url: string): Composed {
  const { subject, sentences } = WORDS[purpose];
  return { subject, text: [...sentences, url].join('\n'), html: page(sentences, [url]) };
}
