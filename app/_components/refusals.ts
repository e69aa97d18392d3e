// What the launch page says after a refused form without JavaScript: the address carries the code only, so that a link
// cannot put words in our mouth.

import type { Problem } from './call-api.ts';

const REFUSALS: Record<string, Problem> = {
  'bad-name': {
    message: 'That cannot be the name of a site.',
    hint: 'Use 3 to 30 lower-case letters, digits and single hyphens, starting with a letter; or leave it empty.',
  },
  'name-taken': { message: 'That name is taken.', hint: 'Choose another one, or leave it empty and get one.' },
  'too-many-launches': { message: 'There were many launches from your address.', hint: 'Wait an hour and try again.' },
  'too-many-sites': { message: 'You have as many sites as you may.', hint: 'Delete one, then launch again.' },
  'over-total': {
    message: 'Your sites have all the disk or memory that you may have.',
    hint: 'Delete one, then launch again.',
  },
  'bad-target': {
    message: 'That is not the address of a repository, or not the name of a branch.',
    hint: 'Write an address such as https://github.com/someone/something.',
  },
  'host-full': { message: 'All places are taken right now.', hint: 'Try again in some minutes.' },
};

const OTHER: Problem = { message: 'The site was not launched.', hint: 'Try again.' };

export function refusalOf(code: string | string[] | undefined): Problem | null {
  if (code === undefined) return null;
  return (typeof code === 'string' && Object.hasOwn(REFUSALS, code) && REFUSALS[code]) || OTHER;
}
