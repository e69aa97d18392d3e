// Which host names a site may be given. Pure.

import net from 'node:net';
import { domainToASCII } from 'node:url';
import type { Settings } from '../env.ts';
import { AppError } from '../errors/app-error.ts';

/** A DNS name of two labels or more (RFC 1035, 2.3.4; RFC 5890 for what an A-label may be). */
const NAME = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])$/;
/** Names that DNS never has for the world (RFC 6761, RFC 6762, RFC 8375). */
const PRIVATE_ENDS = ['localhost', 'local', 'internal', 'invalid', 'onion', 'arpa'];

/**
 * The name in the letters of DNS: "Bücher.example." is "xn--bcher-kva.example". Throws `bad-domain` with what is wrong:
 * no name of DNS, an address, a name that stands for many, or one of this server's own.
 */
export function parseDomain(text: string, settings: Settings): string {
  const typed = text.trim().replace(/\.$/, '');
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(typed) || typed.includes('/')) {
    throw badDomain(`${quoted(typed)} is an address, not a name.`, 'Leave out https:// and what follows the name.');
  }
  if (typed.startsWith('*.')) {
    throw badDomain('A name with * stands for many.', 'Add each name that the site is to have.');
  }
  if (net.isIP(typed) !== 0) throw badDomain(`${quoted(typed)} is an IP address.`, 'Add the name that leads to it.');
  // Line breaks and what else is not seen, the URL standard leaves out in silence.
  const name = /[\s\p{C}]/u.test(typed) ? '' : domainToASCII(typed);
  if (!NAME.test(name)) throw badDomain(`${quoted(typed)} is not a domain name.`, 'Give one such as shop.example.org.');
  if (isOurs(name, settings)) {
    throw badDomain(`${name} is one of this server's own names.`, 'Rename the site to change its name here.');
  }
  if (PRIVATE_ENDS.some((end) => name.endsWith(`.${end}`))) {
    throw badDomain(`${name} is a name that nobody can look up.`, 'Give one that is registered, or below one that is.');
  }
  return name;
}

function isOurs(name: string, settings: Settings): boolean {
  const own = [settings.sitesDomain, new URL(settings.appUrl).hostname];
  return own.some((host) => name === host || name.endsWith(`.${host}`));
}

/** Of the 253 characters of a name, and nothing that could change how the sentence around it reads. */
function quoted(typed: string): string {
  return `“${typed.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '�').slice(0, 80)}”`;
}

function badDomain(message: string, hint: string): AppError {
  return new AppError('bad-domain', { message, hint });
}
