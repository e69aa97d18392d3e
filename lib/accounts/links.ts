// Links by mail: whoever opens one reads the address's mail. Single use, stored as a hash; the token itself is kept,
// sealed, only until the keeper has mailed it.

import { createHash, randomBytes } from 'node:crypto';
import { seal } from '../auth/seal.ts';
import type { Db, Transaction } from '../db/client.ts';
import type { LinkPurpose, MailedLink } from '../db/generated/client.ts';
import { requireSecret, type Settings } from '../env.ts';
import { AppError } from '../errors/app-error.ts';

const VALID_MS: Record<LinkPurpose, number> = { signIn: 15 * 60_000, confirm: 24 * 3_600_000 };
const TOKEN_LENGTH_MAX = 100;
/** Used and old ones are kept for a day, so that they are still told apart from none. */
const KEPT_MS = 24 * 3_600_000;

export interface LinkWish {
  purpose: LinkPurpose;
  email: string;
  userId: string | null;
}

/** Writes a link down; the keeper mails it. */
export async function addLink(
  tx: Db | Transaction,
  settings: Settings,
  { purpose, email, userId }: LinkWish,
): Promise<void> {
  const token = randomBytes(32).toString('base64url');
  await tx.mailedLink.create({
    data: {
      ...{ purpose, email, userId },
      tokenHash: hashOf(token),
      sealedToken: seal(requireSecret(settings), token),
      expiresAt: new Date(Date.now() + VALID_MS[purpose]),
    },
  });
}

/** Uses the link up, with the transaction. Throws `bad-link`. */
export async function takeLink(tx: Transaction, token: string): Promise<MailedLink> {
  const tokenHash = hashOf(token.slice(0, TOKEN_LENGTH_MAX));
  const unused = { tokenHash, usedAt: null, expiresAt: { gt: new Date() } };
  const { count } = await tx.mailedLink.updateMany({ where: unused, data: { usedAt: new Date() } });
  if (count > 0) return tx.mailedLink.findUniqueOrThrow({ where: { tokenHash } });
  throw badLink('This link was used already, or is too old.', 'Ask for a new one: each works once.');
}

export async function pruneLinks(db: Db, now: Date): Promise<void> {
  await db.mailedLink.deleteMany({ where: { expiresAt: { lt: new Date(now.getTime() - KEPT_MS) } } });
}

export function linkUrl(settings: Settings, token: string): string {
  return `${settings.appUrl}/sign-in/link?token=${token}`;
}

export function badLink(message: string, hint: string): AppError {
  return new AppError('bad-link', { message, hint });
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
