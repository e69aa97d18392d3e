// The words of the mail that invites. Of what users chose it carries the site's name, which is a DNS label, and the
// inviter's address.

import type { Composed } from '../alerts/compose.ts';
import { escapeMarkup } from '../alerts/compose.ts';
import type { MemberRole } from '../db/generated/client.ts';
import { withArticle } from './roles.ts';

interface Told {
  site: string;
  role: MemberRole;
  invitedBy: string | null;
  link: string;
}

/** Pure. */
export function composeInvitation({ site, role, invitedBy, link }: Told): Composed {
  const words = [
    `${invitedBy ?? 'An owner'} invites you to share the site ${site} on Lightkeeper, as ${withArticle(role)}.`,
    'Open this link within a week, sign in, and accept. If you do not know what this is about, do nothing.',
  ];
  const paragraphs = words.map((line) => `<p>${escapeMarkup(line)}</p>`);
  const place = `<p><a href="${escapeMarkup(link)}">${escapeMarkup(link)}</a></p>`;
  return {
    subject: `Share the site ${site}`,
    text: [...words, link].join('\n'),
    html: `<!doctype html><html lang="en"><body>${paragraphs.join('')}${place}</body></html>`,
  };
}
