// A table as a CSV file, read and sent a page at a time, so that a long one takes no memory.

import { type Cell, csvLine } from '../csv.ts';

/** Rows of one answer: past them the file would open in no spreadsheet. */
const ROWS_MAX = 500_000;

export interface CsvPage<Cursor> {
  rows: Cell[][];
  /** Null: there are no more. */
  cursor: Cursor | null;
}

/** `read` is called for the next page when the reader has taken the last; it gets null for the first. */
export function csvAnswer<Cursor>(
  name: string,
  head: string[],
  read: (cursor: Cursor | null) => Promise<CsvPage<Cursor>>,
): Response {
  const encoder = new TextEncoder();
  let cursor: Cursor | null = null;
  let rows = 0;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(csvLine(head))),
    async pull(controller) {
      const page = await read(cursor);
      cursor = page.cursor;
      rows += page.rows.length;
      controller.enqueue(encoder.encode(page.rows.map(csvLine).join('')));
      if (cursor === null || rows >= ROWS_MAX) controller.close();
    },
  });
  const headers = {
    'content-type': 'text/csv; charset=utf-8; header=present',
    'content-disposition': `attachment; filename="lightkeeper-${name}.csv"`,
    'cache-control': 'no-store',
  };
  return new Response(body, { headers });
}
