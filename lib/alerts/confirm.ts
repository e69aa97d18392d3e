// An e-mail address has to agree before it is mailed alerts: a link that only its reader has, good for a day. Nothing of
// it is stored; it is sealed with the instance's secret.

import { z } from 'zod';
import { seal, unseal } from '../auth/seal.ts';
import type { Db } from '../db/client.ts';
import { requireSecret, type Settings } from '../env.ts';
import { AppError } from '../errors/app-error.ts';

const VALID_MS = 24 * 3_600_000;
const TOKEN_LENGTH_MAX = 2_000;
const CLAIM = z.object({ purpose: z.literal('alerts'), id: z.uuid(), target: z.string(), until: z.number() });

/** The link for the mail. */
export function confirmationLink(settings: Settings, channel: { id: string; target: string }, now: Date): string {
  const claim = { purpose: 'alerts', id: channel.id, target: channel.target, until: now.getTime() + VALID_MS };
  return `${settings.appUrl}/alerts/confirm?token=${seal(requireSecret(settings), JSON.stringify(claim))}`;
}

/** Turns the channel on; safe to repeat. Answers the address. Throws `bad-confirmation`. */
export async function confirmChannel(
  { db, settings }: { db: Db; settings: Settings },
  token: string,
  now: Date,
): Promise<string> {
  const { id, target, until } = readToken(settings, token);
  if (until < now.getTime()) throw refused('This link is older than a day.');
  const { count } = await db.alertChannel.updateMany({ where: { id, target, kind: 'email' }, data: { enabled: true } });
  if (count === 0) throw refused('What this link was for has been deleted.');
  return target;
}

function readToken(settings: Settings, token: string): z.infer<typeof CLAIM> {
  try {
    return CLAIM.parse(JSON.parse(unseal(requireSecret(settings), token.slice(0, TOKEN_LENGTH_MAX))));
  } catch (cause) {
    throw refused('This link is not complete.', cause);
  }
}

function refused(message: string, cause?: unknown): AppError {
  return new AppError('bad-confirmation', {
    message,
    hint: 'Add the address again, and you get a new one.',
    ...(cause === undefined ? {} : { cause }),
  });
}
