// E-mail addresses as accounts have them: one spelling each.

import { z } from 'zod';
import { AppError } from '../errors/app-error.ts';

const EMAIL = z.email().max(254);

/** Trimmed and in lower case. Throws `bad-email`. Pure. */
export function parseEmail(text: string): string {
  const email = text.trim().toLowerCase();
  if (EMAIL.safeParse(email).success) return email;
  throw new AppError('bad-email', {
    message: 'That is not an e-mail address.',
    hint: 'Write one such as you@example.org.',
  });
}

/** Whom mail gets to in the end, so that `you+1@…` and `You@…` are the same. Pure. */
export function mailboxOf(address: string): string {
  const [local = '', domain = ''] = address.toLowerCase().split('@');
  return `${local.split('+')[0]}@${domain}`;
}
