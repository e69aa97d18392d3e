// What was said about a site, page by page.

import type { Db } from '../db/client.ts';
import type { SiteView } from '../sites/view.ts';
import type { Page } from './page.ts';

export interface EventPage {
  /** The newest first. */
  events: (SiteView['events'][number] & { id: string })[];
  /** For the next page; null: this was the last. */
  cursor: string | null;
}

/** The cursor is an event's id: ids are ordered by time (UUID version 7). */
export async function listEvents(db: Db, siteId: string, { limit, cursor }: Page): Promise<EventPage> {
  const rows = await db.event.findMany({
    where: { siteId, ...(cursor === undefined ? {} : { id: { lt: cursor } }) },
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  const page = rows.slice(0, limit);
  return {
    events: page.map(({ id, kind, level, text, at }) => ({ id, kind, level, text, at: at.toISOString() })),
    cursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
  };
}
