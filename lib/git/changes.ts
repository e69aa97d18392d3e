// What an edit in the browser changes: files written, renamed and removed, and the words of its commit. One description
// for the route that takes it and for the worker that makes the commit.

import { z } from 'zod';
import { ERROR_CODES } from '../errors/catalogue.ts';

const COMMIT = z.string().regex(/^[0-9a-f]{40}$/, 'is not the whole id of a commit');
const PATH = z.string().min(1).max(4_096);

/** Of the request; what one push may hold is git's to say. */
export const EDIT_BYTES_MAX = 24 * 1024 ** 2;
export const CHANGES_MAX = 100;
export const MESSAGE_LENGTH_MAX = 2_000;

/** Content null removes the file; with `from` null keeps what that file has. */
const CHANGE = z.object({ path: PATH, content: z.string().nullable(), from: PATH.optional() });

export const EDIT = z.object({
  /** What main is for the writer. */
  parent: COMMIT,
  message: z
    .string()
    .max(MESSAGE_LENGTH_MAX)
    .refine((text) => text.trim() !== '' && !text.includes('\0'), 'must say something'),
  changes: z.array(CHANGE).min(1).max(CHANGES_MAX),
});

/** With who makes it, as the web process knows him. */
export const SIGNED_EDIT = EDIT.extend({ author: z.object({ name: z.string().max(300), email: z.string().max(300) }) });

/** One line of the answer: of the deployment's log, and at last the commit or what refused it. */
export const COMMIT_LINE = z.union([
  z.object({ log: z.string() }),
  z.object({ commit: COMMIT }),
  z.object({ error: z.object({ code: z.enum(ERROR_CODES), message: z.string(), hint: z.string() }) }),
]);

export type Change = z.infer<typeof CHANGE>;
export type Edit = z.infer<typeof EDIT>;
export type SignedEdit = z.infer<typeof SIGNED_EDIT>;
export type CommitLine = z.infer<typeof COMMIT_LINE>;
