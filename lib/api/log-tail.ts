// The end of the newest deployment's log, piece by piece. Positions count characters as PostgreSQL does, not as
// JavaScript does.

import type { Db } from '../db/client.ts';

export const LOG_CHARACTERS_MAX = 200_000;

export interface LogPosition {
  number: number;
  at: number;
}

export interface LogPiece {
  number: number;
  /** Position of the first character; when it is not where the reader stopped, the piece replaces what it has. */
  from: number;
  to: number;
  text: string;
}

/** What the log of the site's newest deployment has past the position; null when there is nothing new. */
export async function readLogTail(db: Db, siteId: string, seen: LogPosition | null): Promise<LogPiece | null> {
  const number = seen?.number ?? 0;
  const at = seen?.at ?? 0;
  const [row] = await db.$queryRaw<{ number: number; from: number; to: number; text: string }[]>`
    with newest as (
      select number, log, char_length(log) as length from "Deployment"
      where "siteId" = ${siteId}::uuid order by number desc limit 1
    ), place as (
      select *, case
        when number = ${number}::int and ${at}::int between length - ${LOG_CHARACTERS_MAX}::int and length then ${at}::int
        else greatest(length - ${LOG_CHARACTERS_MAX}::int, 0) end as start
      from newest
    )
    select number, start as "from", length as "to", substr(log, start + 1) as text from place`;
  if (!row || (row.number === number && row.from === at && row.to === at)) return null;
  return row;
}
