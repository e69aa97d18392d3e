// Takes the values of variables out of what a build prints. Pure.

import type { Variables } from './variables.ts';

/** Shorter ones, such as `true` or `8080`, would take ordinary words out of the log. */
const CHARACTERS_MIN = 6;
const MASK = '••••••';

/** Every line of every value that is long enough to be a secret, wherever a line has it. */
export function createMask(variables: Variables): (line: string) => string {
  const lines = [...variables.values()].flatMap((value) => value.split('\n').map((line) => line.trim()));
  // A value that holds another one goes first.
  const secrets = [...new Set(lines)]
    .filter((line) => line.length >= CHARACTERS_MIN)
    .sort((a, b) => b.length - a.length);
  if (secrets.length === 0) return (line) => line;
  return (line) => secrets.reduce((text, secret) => text.replaceAll(secret, MASK), line);
}
