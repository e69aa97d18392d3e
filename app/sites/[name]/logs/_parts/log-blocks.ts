// The lines that the page holds: in blocks, so that a new line draws one block anew and not all. Bounded. Pure.

import type { LogLine } from '#lib/logs/line.ts';

export type Entry = { id: number } & ({ kind: 'line'; line: LogLine } | { kind: 'left-out'; count: number });

export interface Block {
  id: number;
  entries: Entry[];
}

export interface Held {
  blocks: Block[];
  /** Of the entry that comes next. */
  nextId: number;
}

export const NOTHING_HELD: Held = { blocks: [], nextId: 0 };
export const LINES_MAX = 5_000;
const BLOCK_LINES = 100;

export type Arrival = { lines: LogLine[] } | { leftOut: number };

/** What arrives goes to the end; of the oldest, whole blocks go. */
export function holdArrivals(held: Held, arrivals: Arrival[]): Held {
  let { nextId } = held;
  const blocks = [...held.blocks];
  const add = (entry: Entry) => {
    const last = blocks.at(-1);
    if (last && last.entries.length < BLOCK_LINES) {
      // A block that is drawn already is replaced once, then grows.
      const isOld = last === held.blocks.at(-1);
      if (isOld) blocks[blocks.length - 1] = { ...last, entries: [...last.entries, entry] };
      else last.entries.push(entry);
    } else {
      blocks.push({ id: entry.id, entries: [entry] });
    }
  };
  for (const arrival of arrivals) {
    if ('leftOut' in arrival) add({ id: nextId++, kind: 'left-out', count: arrival.leftOut });
    else for (const line of arrival.lines) add({ id: nextId++, kind: 'line', line });
  }
  const count = blocks.reduce((sum, { entries }) => sum + entries.length, 0);
  const over = Math.ceil(Math.max(count - LINES_MAX, 0) / BLOCK_LINES);
  return { blocks: blocks.slice(over), nextId };
}

/** The lines of the past that the page does not hold: it is sent them anew whenever its stream begins again. */
export function onlyNew(held: Held, lines: LogLine[]): LogLine[] {
  const newest = new Map<number, string>();
  for (const { entries } of held.blocks) {
    for (const entry of entries) if (entry.kind === 'line') newest.set(entry.line.release, entry.line.at);
  }
  return lines.filter(({ release, at }) => at > (newest.get(release) ?? ''));
}

/** What waits while the page is paused: the newest of it, and how much there was. */
export function waitMore(waiting: Arrival[], arrival: Arrival): Arrival[] {
  const all = [...waiting, arrival];
  let count = countOf(all);
  let dropped = 0;
  while (count > LINES_MAX && all.length > 1) {
    const first = all.shift();
    if (!first) break;
    dropped += 'lines' in first ? first.lines.length : first.leftOut;
    count = countOf(all);
  }
  return dropped > 0 ? [{ leftOut: dropped }, ...all] : all;
}

/** Of lines, those left out not counted. */
export function countOf(arrivals: Arrival[]): number {
  return arrivals.reduce((sum, arrival) => sum + ('lines' in arrival ? arrival.lines.length : 0), 0);
}

export interface Filter {
  query: string;
  /** Null: all. */
  release: number | null;
}

export function passes(entry: Entry, { query, release }: Filter, plain: (text: string) => string): boolean {
  if (entry.kind === 'left-out') return query === '' && release === null;
  if (release !== null && entry.line.release !== release) return false;
  return query === '' || plain(entry.line.text).toLowerCase().includes(query.toLowerCase());
}

/** The text in pieces, every second of which is what was looked for. */
export function splitAtMatches(text: string, query: string): string[] {
  if (query === '') return [text];
  const pieces: string[] = [];
  const [haystack, needle] = [text.toLowerCase(), query.toLowerCase()];
  // A letter whose lower case is longer would move the places.
  if (haystack.length !== text.length) return [text];
  let from = 0;
  for (let at = haystack.indexOf(needle); at !== -1; at = haystack.indexOf(needle, from)) {
    pieces.push(text.slice(from, at), text.slice(at, at + needle.length));
    from = at + needle.length;
  }
  return [...pieces, text.slice(from)];
}
