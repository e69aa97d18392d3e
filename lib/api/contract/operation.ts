// One thing that the API can be asked: the words from which its document is made, with the schemas that its route parses
// with. Routes import the schemas; nothing of a request is described twice.

import { z } from 'zod';
import { ERROR_CODES } from '../../errors/catalogue.ts';

/**
 * Who may ask: anybody; whoever has a session, an account's session; who may look at the site, change what runs in it, or
 * owns it; an admin's session; whoever signs the request.
 */
export type Need = 'nobody' | 'session' | 'account' | 'view' | 'develop' | 'own' | 'admin' | 'signature';

/** An answer that is not JSON. */
export interface Media {
  type: string;
  words: string;
}

export interface Operation {
  /** Also the name of the function in a generated client. */
  id: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its parameters as `{name}`. */
  path: string;
  topic: string;
  /** One sentence without a full stop. */
  summary: string;
  need: Need;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** By status: those of success. What is refused is answered with ERROR, whatever the route. */
  answers: Record<number, z.ZodType | Media>;
}

export const ERROR = z
  .object({
    error: z.object({
      code: z.union([z.enum(ERROR_CODES), z.literal('internal')]),
      message: z.string().describe('What happened.'),
      hint: z.string().describe('What to do next.'),
    }),
  })
  .meta({ id: 'Error' });

export const STREAM = { type: 'text/event-stream', words: 'Server-sent events, until the reader goes.' };
export const CSV = { type: 'text/csv', words: 'All rows, as a table.' };

/** Times are ISO 8601 in UTC. */
export const TIME = z.iso.datetime();
/** How far a list is told, where it can be long: `cursor` of an answer asks for the page after it. */
export const PAGE = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(100).describe('The most that one page holds.'),
  cursor: z.uuid().optional().describe('Where to go on: the `cursor` of the page before.'),
});
/** Beside a list: the next page's cursor; null: this was the last. */
export const NEXT = { cursor: z.uuid().nullable() };

export const GIVEN_ID = z.object({ id: z.uuid() });
