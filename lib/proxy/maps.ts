// Maps beside the routes. Hosts that lead to another one: HAProxy answers their visitors with the way there, and asks
// nobody. Domains: hosts that are a site's besides its own. Challenges: what a certificate authority asks for.

import { checkHost } from './map.ts';
import type { EntryRules } from './text-map.ts';

const ORIGIN = /^https?:\/\/[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::\d{1,5})?$/;
/** RFC 8555, 8.3: the path of a token, and its key authorization (8.1), both of base64url. */
const CHALLENGE_PATH = /^\/\.well-known\/acme-challenge\/[A-Za-z0-9_-]{1,128}$/;
const KEY_AUTHORIZATION = /^[A-Za-z0-9_-]{1,128}\.[A-Za-z0-9_-]{43}$/;

/** From a host to the origin that its visitors are sent to. */
export const MOVED: EntryRules = {
  key: checkHost,
  value: (origin) => check(origin, ORIGIN, 'an origin to lead to'),
};

/** From a domain to the host of its site. */
export const DOMAINS: EntryRules = { key: checkHost, value: checkHost };

export const CHALLENGES: EntryRules = {
  key: (path) => check(path, CHALLENGE_PATH, 'the path of a challenge'),
  value: (text) => check(text, KEY_AUTHORIZATION, 'the answer to a challenge'),
};

function check(text: string, form: RegExp, what: string): string {
  if (!form.test(text)) throw new Error(`not ${what}: ${JSON.stringify(text)}`);
  return text;
}
