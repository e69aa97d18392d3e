// All sites for the operator's table, with one statement: it runs every few seconds while somebody looks.

import type { Db } from '../db/client.ts';
import type { HoldCause, Rest, Role, SiteState } from '../db/generated/client.ts';
import type { AdminRow, RowState, RowVerdict } from './row.ts';
import { worstFirst } from './worst-first.ts';

/** More than one machine's SSH ports and memory can hold; the sums of the host are of these. */
export const ROWS_MAX = 5_000;
/** Readings are told in these steps, so that a site which does nothing makes no new row. */
const BYTES_STEP = 64 * 1024;
const CPU_MILLIS_STEP = 5;

interface SqlRow {
  id: string;
  name: string;
  state: SiteState;
  rest: Rest;
  heldBy: HoldCause | null;
  note: string | null;
  isRouted: boolean;
  ownerId: string | null;
  email: string | null;
  role: Role | null;
  plan: string;
  disk: number | null;
  diskMax: number;
  memory: number | null;
  memoryMax: number;
  pids: number | null;
  pidsMax: number;
  cpu: number | null;
  cpuMax: number;
  inodes: number | null;
  inodesMax: number;
  growth: number | null;
  requestsPerMinute: number | null;
  p95Millis: number | null;
  verdicts: RowVerdict[] | null;
  expiresAt: Date | null;
  createdAt: Date;
}

/** Newest first. */
export async function readRows(db: Db): Promise<AdminRow[]> {
  const rows = await db.$queryRaw<SqlRow[]>`
    select s.id, s.name, s.state, s.rest, s."heldBy", coalesce(s."heldFor", s.problem) as note,
      s."routedName" is not distinct from s.name as "isRouted", s."ownerId", o.email, o.role, s."planName" as plan,
      u."diskBytes"::float8 as disk, coalesce(s."diskBytesMax", p."diskBytesMax")::float8 as "diskMax",
      u."memoryBytes"::float8 as memory, coalesce(s."memoryBytesMax", p."memoryBytesMax")::float8 as "memoryMax",
      u.pids, coalesce(s."pidsMax", p."pidsMax") as "pidsMax",
      u."cpuMillis" as cpu, coalesce(s."cpuMillisMax", p."cpuMillisMax") as "cpuMax",
      u.inodes, coalesce(s."inodesMax", p."inodesMax") as "inodesMax",
      u."diskBytesPerHour"::float8 as growth, u."requestsPerMinute", u."p95Millis", v.verdicts,
      s."expiresAt", coalesce(s."claimedAt", s."createdAt") as "createdAt"
    from "Site" s join "Plan" p on p.name = s."planName"
      left join "User" o on o.id = s."ownerId" left join "Usage" u on u."siteId" = s.id
      left join (select "siteId", json_agg(json_build_object('kind', kind, 'level', level, 'text', text)) as verdicts
        from "Verdict" group by "siteId") v on v."siteId" = s.id
    order by "createdAt" desc, s.id limit ${ROWS_MAX}`;
  return rows.map(toRow);
}

function toRow(row: SqlRow): AdminRow {
  const { rest: _rest, heldBy: _heldBy, isRouted: _isRouted, ownerId, email, expiresAt, createdAt, ...same } = row;
  return {
    ...same,
    state: stateOf(row),
    owner: email ?? ownerId?.slice(-8) ?? null,
    disk: stepped(row.disk, BYTES_STEP),
    memory: stepped(row.memory, BYTES_STEP),
    cpu: stepped(row.cpu, CPU_MILLIS_STEP),
    growth: stepped(row.growth, BYTES_STEP) ?? 0,
    requestsPerMinute: row.requestsPerMinute ?? 0,
    verdicts: worstFirst(row.verdicts ?? []),
    expiresAt: expiresAt?.getTime() ?? null,
    createdAt: createdAt.getTime(),
  };
}

/** One word for everything that says how a site is. "Live" is said of an address that answers. */
export function stateOf(site: Pick<SqlRow, 'state' | 'rest' | 'heldBy' | 'isRouted' | 'ownerId'>): RowState {
  if (site.state !== 'live') return site.state;
  if (site.ownerId === null) return 'ready';
  if (site.heldBy !== null) return 'held';
  if (site.rest !== 'awake') return 'asleep';
  return site.isRouted ? 'live' : 'launching';
}

function stepped(value: number | null, step: number): number | null {
  return value === null ? null : Math.round(value / step) * step;
}
