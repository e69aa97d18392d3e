// The variables of a site: what a name and a value may be, and how much of them. Pure; the page judges with the same words.

import { AppError } from '../errors/app-error.ts';

/** In the order of their names. */
export type Variables = ReadonlyMap<string, string>;

export const VARIABLES_MAX = 100;
export const VALUE_BYTES_MAX = 32 * 1024;
export const ALL_BYTES_MAX = 128 * 1024;
export const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** What every release is given by us and needs as it is (workers/container/service.sh). */
const OURS = new Set(['PORT', 'HOST', 'HOME', 'PATH', 'VIRTUAL_ENV']);
const OURS_START = /^LIGHTKEEPER_/;

export interface Fault {
  message: string;
  hint: string;
}

/** Null: it may be one. */
export function faultOfName(name: string): Fault | null {
  if (OURS.has(name) || OURS_START.test(name)) {
    return {
      message: `${name} is set by Lightkeeper for every release.`,
      hint: 'Leave it out; an app reads its port from PORT.',
    };
  }
  if (NAME.test(name)) return null;
  return {
    message: name === '' ? 'A variable has no name.' : `"${shown(name)}" cannot be the name of a variable.`,
    hint: 'Use letters, digits and underscores, at most 128, and no digit first.',
  };
}

/** Null: it may be one. */
export function faultOfValue(name: string, value: string): Fault | null {
  if (value.includes('\0')) {
    return {
      message: `The value of ${name} has a NUL byte, which no program can be given.`,
      hint: 'Encode it, such as with base64.',
    };
  }
  if (!value.isWellFormed()) {
    return { message: `The value of ${name} is not text.`, hint: 'Encode it, such as with base64.' };
  }
  const bytes = bytesOf(value);
  if (bytes <= VALUE_BYTES_MAX) return null;
  return {
    message: `The value of ${name} has ${kilobytes(bytes)} KB; a value may have ${kilobytes(VALUE_BYTES_MAX)} KB.`,
    hint: 'Keep it in a file on the site’s disk, and its path in the variable.',
  };
}

/** Null: they may be a site's. The first fault otherwise. */
export function faultOf(variables: Variables): Fault | null {
  for (const [name, value] of variables) {
    const fault = faultOfName(name) ?? faultOfValue(name, value);
    if (fault) return fault;
  }
  if (variables.size > VARIABLES_MAX) {
    return {
      message: `These are ${variables.size} variables; a site may have ${VARIABLES_MAX}.`,
      hint: 'Remove some, or put several into one as JSON.',
    };
  }
  const bytes = [...variables].reduce((sum, [name, value]) => sum + bytesOf(name) + bytesOf(value), 0);
  if (bytes <= ALL_BYTES_MAX) return null;
  return {
    message: `All variables together have ${kilobytes(bytes)} KB; they may have ${kilobytes(ALL_BYTES_MAX)} KB.`,
    hint: 'Keep the largest in a file on the site’s disk.',
  };
}

/** Throws `bad-request` unless they may be a site's. */
export function requireFit(variables: Variables): void {
  const fault = faultOf(variables);
  if (fault) throw new AppError('bad-request', fault);
}

/** A value is set, null takes the variable away; what is not named stays. */
export type Change = ReadonlyMap<string, string | null>;

export function changed(before: Variables, change: Change): Variables {
  const after = new Map(before);
  for (const [name, value] of change) {
    if (value === null) after.delete(name);
    else after.set(name, value);
  }
  return ordered(after);
}

/** How one becomes the other. */
export function changeBetween(before: Variables, after: Variables): Change {
  const change = new Map<string, string | null>();
  for (const name of before.keys()) if (!after.has(name)) change.set(name, null);
  for (const [name, value] of after) if (before.get(name) !== value) change.set(name, value);
  return change;
}

/** "2 added, 1 changed, 3 removed"; empty when nothing is. */
export function describeChange(before: Variables, after: Variables): string {
  const change = [...changeBetween(before, after)];
  const counts = {
    added: change.filter(([name, value]) => value !== null && !before.has(name)).length,
    changed: change.filter(([name, value]) => value !== null && before.has(name)).length,
    removed: change.filter(([, value]) => value === null).length,
  };
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([word, count]) => `${count} ${word}`)
    .join(', ');
}

export function ordered(variables: Iterable<readonly [string, string]>): Variables {
  return new Map([...variables].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

function kilobytes(bytes: number): string {
  return (Math.ceil(bytes / 102.4) / 10).toString();
}

function shown(name: string): string {
  return name.replace(/[\p{C}]+/gu, '?').slice(0, 40);
}
