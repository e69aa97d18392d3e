// The users of the instance with what their sites have together, against what they may.

import type { Db } from '../db/client.ts';
import { Prisma, type Role } from '../db/generated/client.ts';
import type { UserSort, UsersQuery } from './users-query.ts';

export interface UserRow {
  id: string;
  email: string | null;
  role: Role;
  /** In force: the user's own, else by the role. */
  plan: string;
  /** Of the user's own; null: by the role, or the plan's. */
  own: {
    planName: string | null;
    sitesMax: number | null;
    totalDiskBytesMax: number | null;
    totalMemoryBytesMax: number | null;
  };
  sites: number;
  sitesMax: number;
  /** Promised to the sites together, and used by them. */
  disk: number;
  diskUsed: number;
  diskMax: number;
  memory: number;
  memoryUsed: number;
  memoryMax: number;
  createdAt: string;
}

export const USERS_MAX = 1_000;

type SqlRow = Omit<UserRow, 'own' | 'createdAt'> & UserRow['own'] & { createdAt: Date };

const ORDERS: Record<UserSort, Prisma.Sql> = {
  disk: Prisma.sql`coalesce(t."diskUsed", 0) desc`,
  memory: Prisma.sql`coalesce(t."memoryUsed", 0) desc`,
  sites: Prisma.sql`coalesce(t.sites, 0) desc`,
  name: Prisma.sql`lower(o.email) asc nulls last`,
  created: Prisma.sql`o."createdAt" desc`,
};

/** At most USERS_MAX. Guests that have no sites are not listed, unless they are searched for. */
export async function readUsers(db: Db, { text, role, sort }: UsersQuery): Promise<UserRow[]> {
  const part = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  const rows = await db.$queryRaw<SqlRow[]>`
    with totals as (
      select s."ownerId", count(*)::int as sites,
        sum(coalesce(s."diskBytesMax", p."diskBytesMax"))::float8 as disk,
        sum(coalesce(s."memoryBytesMax", p."memoryBytesMax"))::float8 as memory,
        sum(u."diskBytes")::float8 as "diskUsed", sum(u."memoryBytes")::float8 as "memoryUsed"
      from "Site" s join "Plan" p on p.name = s."planName" left join "Usage" u on u."siteId" = s.id
      where s.state <> 'deleting' and s."ownerId" is not null group by s."ownerId")
    select o.id, coalesce(o.email, o."pendingEmail") as email, o.role, p.name as plan, o."createdAt", o."planName", o."sitesMax" as "ownSitesMax",
      o."totalDiskBytesMax"::float8 as "totalDiskBytesMax", o."totalMemoryBytesMax"::float8 as "totalMemoryBytesMax",
      coalesce(t.sites, 0) as sites, coalesce(o."sitesMax", p."sitesMax") as "sitesMax",
      coalesce(t.disk, 0) as disk, coalesce(t."diskUsed", 0) as "diskUsed",
      coalesce(o."totalDiskBytesMax", p."totalDiskBytesMax")::float8 as "diskMax",
      coalesce(t.memory, 0) as memory, coalesce(t."memoryUsed", 0) as "memoryUsed",
      coalesce(o."totalMemoryBytesMax", p."totalMemoryBytesMax")::float8 as "memoryMax"
    from "User" o
      join "Plan" p on p.name = coalesce(o."planName", case when o.role = 'guest' then 'guest' else 'member' end)
      left join totals t on t."ownerId" = o.id
    where case when ${text} = '' then t.sites is not null or o.role <> 'guest'
      else coalesce(o.email, o."pendingEmail") ilike ${part} or o.id::text ilike ${part} end
      and (${role}::text is null or o.role::text = ${role})
    order by ${ORDERS[sort]}, o.id limit ${USERS_MAX}`;
  return rows.map(({ planName, totalDiskBytesMax, totalMemoryBytesMax, createdAt, ...row }) => {
    const { ownSitesMax, ...same } = row as typeof row & { ownSitesMax: number | null };
    return {
      ...same,
      own: { planName, sitesMax: ownSitesMax, totalDiskBytesMax, totalMemoryBytesMax },
      createdAt: createdAt.toISOString(),
    };
  });
}
