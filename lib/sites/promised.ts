// What all sites are promised together, as admission counts it and the operator sees it.

import type { Db, Transaction } from '../db/client.ts';

export interface Promised {
  memoryBytes: number;
  diskBytes: number;
}

/** Of memory, a site that sleeps has what it uses: nothing when it is stopped, or deleted and can be brought back. A disk is there either way. */
export async function readPromised(db: Db | Transaction): Promise<Promised> {
  const [row] = await db.$queryRaw<{ memory: bigint; disk: bigint }[]>`
    select coalesce(sum(case when s."undoUntil" is not null then 0 else case s.rest
        when 'awake' then coalesce(s."memoryBytesMax", p."memoryBytesMax")
        when 'frozen' then coalesce(u."memoryBytes", s."memoryBytesMax", p."memoryBytesMax")
        else 0 end end), 0)::bigint as memory,
      coalesce(sum(coalesce(s."diskBytesMax", p."diskBytesMax")), 0)::bigint as disk
    from "Site" s join "Plan" p on p.name = s."planName" left join "Usage" u on u."siteId" = s.id`;
  return { memoryBytes: Number(row?.memory ?? 0), diskBytes: Number(row?.disk ?? 0) };
}
