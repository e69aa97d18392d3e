// Site names: DNS labels that people can say. A name is the first label of the site's address.

import { randomInt } from 'node:crypto';
import { AppError } from '../errors/app-error.ts';

/** A DNS label (RFC 1035, 2.3.1) of 3 to 30 characters that starts with a letter. */
const NAME = /^[a-z](?:[a-z0-9]|-(?!-)){1,28}[a-z0-9]$/;

/** Names with a meaning to browsers, mail or ourselves. */
const RESERVED = new Set(
  (
    'about account admin api app apps assets autoconfig autodiscover billing blog cdn console dashboard dev docs domain ' +
    'email feedback ftp git help host imap internal keeper launch lightkeeper local localhost login logout mail metrics ' +
    'mta-sts new news ns1 ns2 ns3 ns4 operator owner pop private proxy public register root security server session ' +
    'settings shop signin signup site sites smtp ssh ssl staging static status support sys system team terminal test ' +
    'token user users web webmail wpad www'
  ).split(' '),
);

const ADJECTIVES =
  'amber ample apt azure bold brave breezy bright brisk calm candid clear clever coral cosy crisp dapper deft eager early even fair fleet fond fresh gentle glad golden grand green happy hardy hazel humble jolly keen kind lively lucid lucky lunar mellow merry mild neat nimble noble northern open patient placid plucky polar proud quick quiet rapid ready rosy sandy serene silver smooth snug solar solid southern spry steady still stout sunny swift tidal tidy true vivid warm wide wise witty young zesty'.split(
    ' ',
  );
const NOUNS =
  'anchor arbor atoll bay beacon birch bluff breeze brook buoy canal cape cedar cliff cloud coast comet compass cove crane creek current delta dock dune eagle ember falcon fern ferry fjord gale garden glade grove gull harbor haven heron hill inlet island jetty kelp lagoon lake lantern lark ledge lily marina marsh meadow mesa moon moss oak ocean orchard osprey otter path pebble pier pine plover pond port quay reef ridge river robin sail sand seal shell shoal shore sky slope sound spruce star stone strait stream summit surf swan tern tide trail vale wave wharf willow wind'.split(
    ' ',
  );

export function isSiteName(text: string): boolean {
  return NAME.test(text) && !RESERVED.has(text);
}

/** The name a user asked for, in lower case. Throws `bad-name` with the rule. */
export function parseSiteName(text: string): string {
  const name = text.trim().toLowerCase();
  if (isSiteName(name)) return name;
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  throw new AppError('bad-name', {
    message: RESERVED.has(name) ? `The name "${name}" is reserved.` : `"${shown}" cannot be a site's name.`,
    hint: 'Use 3 to 30 lower-case letters, digits and single hyphens, starting with a letter; or leave it empty and get one.',
  });
}

/** A name such as "calm-harbor-417": 8 million of them, so a taken one is drawn again. */
export function generateSiteName(): string {
  const pick = (words: string[]) => words[randomInt(words.length)];
  return `${pick(ADJECTIVES)}-${pick(NOUNS)}-${randomInt(100, 1000)}`;
}

export function nameTaken(name: string): AppError {
  return new AppError('name-taken', {
    message: `The name "${name}" is taken.`,
    hint: 'Choose another name, or leave it empty and get one.',
  });
}
