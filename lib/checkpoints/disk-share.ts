// How full a site's disk is, as the keeper last read it, beside its limit.

import type { Db, Transaction } from '../db/client.ts';
import { limitsOf } from '../sites/limits.ts';

export interface DiskShare {
  usedBytes: number;
  bytesMax: number;
}

/** Null: not read yet. */
export async function diskShareOf(db: Db | Transaction, siteId: string): Promise<DiskShare | null> {
  const site = await db.site.findUnique({
    where: { id: siteId },
    include: { plan: true, usage: { select: { diskBytes: true } } },
  });
  if (!site?.usage) return null;
  return { usedBytes: Number(site.usage.diskBytes), bytesMax: limitsOf(site).diskBytesMax };
}
