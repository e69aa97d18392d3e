// What a process that can read logs tells one that cannot, over a Unix socket: one JSON object a line. Pure.

import { z } from 'zod';

const LINE = z.object({ release: z.int(), at: z.string().max(40), text: z.string() });

export const LOG_MESSAGE = z.union([
  z.object({ state: z.enum(['running', 'asleep', 'stopped']) }),
  z.object({ lines: z.array(LINE) }),
  z.object({ leftOut: z.int() }),
]);
export const LOG_LINES = z.object({ lines: z.array(LINE) });

export type LogMessage = z.infer<typeof LOG_MESSAGE>;

/** The most lines of the past that are answered. */
export const PAST_MAX = 5_000;
/** Where a search looks: more than the ring of any plan has. */
export const SEARCHED_MAX = 100_000;
