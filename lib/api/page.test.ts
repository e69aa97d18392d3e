import { expect, test } from 'vitest';
import { PAGE } from './contract/operation.ts';
import { pageOf } from './page.ts';

const all = Array.from({ length: 7 }, (_, index) => ({ id: `0190000${index}-0000-7000-8000-000000000000` }));
const read = (query: Record<string, string>) => pageOf(all, PAGE.parse(query));

test('the pages of a list are the list', () => {
  const seen: unknown[] = [];
  let cursor: string | null = null;
  let pages = 0;
  do {
    const next = read(cursor === null ? { limit: '3' } : { limit: '3', cursor });
    seen.push(...next.page);
    cursor = next.cursor;
    pages += 1;
  } while (cursor !== null);
  expect(seen).toEqual(all);
  expect(pages).toBe(3);
});

test('a page that ends where the list ends is the last', () => {
  expect(read({ limit: '7' }).cursor).toBeNull();
  expect(read({}).page).toEqual(all);
  expect(pageOf([], PAGE.parse({}))).toEqual({ page: [], cursor: null });
});

test('a cursor of what has gone is refused with what to do', () => {
  expect(() => read({ cursor: '01900009-0000-7000-8000-000000000000' })).toThrow(
    expect.objectContaining({ code: 'bad-request', hint: 'Begin at the first page, without a cursor.' }),
  );
});

test.each([{ limit: '0' }, { limit: '101' }, { limit: 'x' }, { limit: '' }, { cursor: '1 or 1=1' }])(
  '%j is no page',
  (query) => {
    expect(PAGE.safeParse(query).success).toBe(false);
  },
);
