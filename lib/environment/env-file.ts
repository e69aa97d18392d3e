// Reads what people keep in a .env file: `NAME=value` lines, `export` in front, comments, quotes. As most readers of such
// files do: nothing in single quotes is special, in double quotes \n, \r, \t, \", \$ and \\ are, and both may span lines.
// `$NAME` is text, because what it would be filled in with is another machine's. Pure.

import { faultOfName, faultOfValue } from './variables.ts';

export interface EnvFile {
  /** In the order of their first mention; a later line of the same name wins. */
  variables: Map<string, string>;
  /** What was not taken, by its name where it has one, and why. */
  left: { line: number; name: string; why: string }[];
}

const ASSIGNMENT = /^[ \t]*(?:export[ \t]+)?([^\s=#'"]+)[ \t]*=[ \t]*/;
const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t' };
const SHOWN_MAX = 60;

export function parseEnvFile(file: string): EnvFile {
  const text = file.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const found: EnvFile = { variables: new Map(), left: [] };
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const rest = text.slice(at);
    const taken = readEntry(rest);
    const start = line;
    line += rest.slice(0, taken.length).split('\n').length - 1;
    at += taken.length;
    if (taken.kind === 'nothing') continue;
    const why =
      taken.kind === 'fault'
        ? taken.why
        : ((faultOfName(taken.name) ?? faultOfValue(taken.name, taken.value))?.message ?? null);
    const shown = taken.kind === 'variable' ? taken.name : taken.shown;
    if (why !== null) found.left.push({ line: start, name: shown.slice(0, SHOWN_MAX), why });
    else if (taken.kind === 'variable') found.variables.set(taken.name, taken.value);
  }
  return found;
}

type Entry = { length: number } & (
  | { kind: 'nothing' }
  | { kind: 'variable'; name: string; value: string }
  | { kind: 'fault'; shown: string; why: string }
);

/** The first entry of the text, with the end of its line. */
function readEntry(text: string): Entry {
  const end = text.indexOf('\n');
  const line = end === -1 ? text : text.slice(0, end);
  const length = Math.min(line.length + 1, text.length);
  if (/^[ \t]*(?:#|$)/.test(line)) return { kind: 'nothing', length };
  const [start, name = ''] = ASSIGNMENT.exec(line) ?? [];
  if (start === undefined) {
    return { kind: 'fault', length, shown: '', why: 'This line is not NAME=value.' };
  }
  const quote = line[start.length];
  if (quote !== '"' && quote !== "'") {
    return { kind: 'variable', length, name, value: readPlain(line.slice(start.length)) };
  }
  const close = findClose(text, start.length + 1, quote);
  if (close === -1) return { kind: 'fault', length, shown: name, why: `Its ${quote} is never closed.` };
  const inner = text.slice(start.length + 1, close);
  const lineEnd = text.indexOf('\n', close);
  const after = text.slice(close + 1, lineEnd === -1 ? undefined : lineEnd);
  const whole = lineEnd === -1 ? text.length : lineEnd + 1;
  if (!/^[ \t]*(?:#.*)?$/.test(after)) {
    return { kind: 'fault', length: whole, shown: name, why: `Something follows its closing ${quote}.` };
  }
  return { kind: 'variable', length: whole, name, value: quote === '"' ? unescape(inner) : inner };
}

/** A comment begins with a # after a blank. */
function readPlain(text: string): string {
  const comment = text.search(/(?:^|[ \t])#/);
  return (comment === -1 ? text : text.slice(0, comment)).trimEnd();
}

function findClose(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at += 1) {
    if (quote === '"' && text[at] === '\\') at += 1;
    else if (text[at] === quote) return at;
  }
  return -1;
}

/** A backslash before anything else is a backslash. */
function unescape(text: string): string {
  return text.replace(/\\([nrt"$\\])/g, (_, letter: string) => ESCAPES[letter] ?? letter);
}
