// What the ways in say after a refused form without JavaScript, or after GitHub: the address carries the code only.

import type { Problem } from '../../_components/call-api.ts';

const REFUSALS: Record<string, Problem> = {
  'bad-email': {
    message: 'That is not an e-mail address that can be used.',
    hint: 'From GitHub comes the one that is verified there.',
  },
  'bad-password': {
    message: 'That password is too short, too long or among the first that others try.',
    hint: 'Take 10 to 200 characters that only you would put together.',
  },
  'bad-sign-in': {
    message: 'This address and password do not go together.',
    hint: 'Try again, or have a link mailed to you.',
  },
  'bad-link': { message: 'This link was used already, or is too old.', hint: 'Ask for a new one: each works once.' },
  'over-total': {
    message: 'Your account has no room for the site of this browser.',
    hint: 'Nothing was changed. Delete a site of the account in another browser, or the one here; then sign in again.',
  },
  'too-many-requests': { message: 'There were many attempts.', hint: 'Wait some minutes and try again.' },
};

const OTHER: Problem = { message: 'That did not work.', hint: 'Try again, or another way in.' };

/** `error` is next-auth's word for a failure of its own. */
export function doorRefusal({ refused, error }: Record<string, string | string[] | undefined>): Problem | null {
  if (refused === undefined) return error === undefined ? null : OTHER;
  const known = typeof refused === 'string' && Object.hasOwn(REFUSALS, refused) ? REFUSALS[refused] : undefined;
  return known ? { ...known, code: String(refused) } : OTHER;
}
