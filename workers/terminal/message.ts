// What a page says: its size, and in its address which shell it shows. Pure.

import { z } from 'zod';
import type { TerminalSize } from '#lib/terminal/protocol.ts';
import { clampSize } from '../ssh/terminal.ts';

const RESIZE = z.object({ columns: z.number(), rows: z.number() });

/** The size that a page asks for; null for everything else. */
export function parseResize(text: string): TerminalSize | null {
  try {
    const parsed = RESIZE.safeParse(JSON.parse(text));
    return parsed.success ? clampSize(parsed.data.columns, parsed.data.rows) : null;
  } catch {
    return null; // No JSON: not from our page.
  }
}

const PLACE = /^\/api\/sites\/([a-z0-9-]{1,64})\/terminal(?:\?([^#]{0,200}))?$/;
const ID = /^[\w-]{16,64}$/;

export interface TerminalPlace {
  name: string;
  /** Chosen by the page, which finds its shell again by it. */
  id: string;
  size: TerminalSize;
}

/** Null when it is no terminal's address. */
export function parsePlace(url: string): TerminalPlace | null {
  const [, name, query] = PLACE.exec(url) ?? [];
  const given = new URLSearchParams(query ?? '');
  const id = given.get('id') ?? '';
  if (!name || !ID.test(id)) return null;
  return { name, id, size: clampSize(Number(given.get('columns')), Number(given.get('rows'))) };
}
