// What is to be changed and has not been saved. Pure.

import { type EnvFile, parseEnvFile } from '#lib/environment/env-file.ts';

/** A value is to be set, null takes the variable away; what is not in it stays. */
export type Draft = ReadonlyMap<string, string | null>;

export const NO_DRAFT: Draft = new Map();

/** Those that are there first, then the new ones in the order in which they came. */
export function rowsOf(saved: string[], draft: Draft): string[] {
  const known = new Set(saved);
  return [...saved, ...[...draft.keys()].filter((name) => !known.has(name))];
}

export function withValue(draft: Draft, name: string, value: string): Draft {
  return new Map(draft).set(name, value);
}

/** One that was never saved is simply forgotten. */
export function without(draft: Draft, name: string, saved: string[]): Draft {
  const next = new Map(draft);
  if (saved.includes(name)) next.set(name, null);
  else next.delete(name);
  return next;
}

export function asBefore(draft: Draft, name: string): Draft {
  const next = new Map(draft);
  next.delete(name);
  return next;
}

export function withFile(draft: Draft, { variables }: EnvFile): Draft {
  return new Map([...draft, ...variables]);
}

/** "2 added, 1 changed, 3 removed"; empty when nothing is. */
export function summaryOf(saved: string[], draft: Draft): string {
  const known = new Set(saved);
  const entries = [...draft];
  const counts: [string, number][] = [
    ['added', entries.filter(([name, value]) => value !== null && !known.has(name)).length],
    ['changed', entries.filter(([name, value]) => value !== null && known.has(name)).length],
    ['removed', entries.filter(([, value]) => value === null).length],
  ];
  return counts
    .filter(([, count]) => count > 0)
    .map(([word, count]) => `${count} ${word}`)
    .join(', ');
}

/** Null: the text is no file of variables, but perhaps a name or a value. */
export function readPasted(text: string): EnvFile | null {
  if (!/^[ \t]*(?:export[ \t]+)?[A-Za-z_]\w*[ \t]*=/m.test(text)) return null;
  const file = parseEnvFile(text);
  return file.variables.size > 0 ? file : null;
}
