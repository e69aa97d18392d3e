// Lists that are bounded and read as a whole, told a page at a time. Pure.

import type { z } from 'zod';
import { AppError } from '../errors/app-error.ts';
import type { PAGE } from './contract/operation.ts';

export type Page = z.infer<typeof PAGE>;

/** Those after the cursor, and the cursor of the next page. Throws `bad-request` for a cursor of nothing in the list. */
export function pageOf<Item extends { id: string }>(
  all: Item[],
  { limit, cursor }: Page,
): { page: Item[]; cursor: string | null } {
  const before = cursor === undefined ? -1 : all.findIndex(({ id }) => id === cursor);
  if (cursor !== undefined && before === -1) {
    throw new AppError('bad-request', {
      message: 'There is nothing at this cursor any more.',
      hint: 'Begin at the first page, without a cursor.',
    });
  }
  const page = all.slice(before + 1, before + 1 + limit);
  const isLast = before + 1 + limit >= all.length;
  return { page, cursor: isLast ? null : (page.at(-1)?.id ?? null) };
}
