// What the SSH process needs to know of sites, and its one implementation over the database. Sites that are being
// deleted, or whose launch failed, do not exist here.

import type { Db } from '#lib/db/client.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { worstFirst } from '#lib/limits/levels.ts';
import { heldWords } from '#lib/sites/held.ts';
import { limitsOf, type SiteLimits } from '#lib/sites/limits.ts';

export interface DoorSite {
  id: string;
  name: string;
  /** Its own SSH port. */
  port: number;
  /** False while it waits in the pool: then nobody may enter. */
  isOwned: boolean;
  sealedPassword: string;
  pushBytesMax: number;
  limits: SiteLimits;
  expiresAt: Date | null;
  /** Why it is stopped until somebody starts it again; null: it is not. */
  heldFor: string | null;
}

export interface SiteUsage {
  diskBytes: bigint;
  memoryBytes: bigint;
  pids: number;
}

export interface SiteVerdict {
  text: string;
  hint: string;
}

export interface Sites {
  list(): Promise<DoorSite[]>;
  findById(id: string): Promise<DoorSite | null>;
  findByPort(port: number): Promise<DoorSite | null>;
  findByName(name: string): Promise<DoorSite | null>;
  /** authorized_keys lines of the keys with this fingerprint, and whose they are. */
  keysWith(fingerprint: string): Promise<{ siteId: string; publicKey: string }[]>;
  usageOf(siteId: string): Promise<SiteUsage | null>;
  /** The open verdicts of the limits policy, the worst first. */
  verdictsOf(siteId: string): Promise<SiteVerdict[]>;
}

const SELECT = {
  id: true,
  name: true,
  sshPort: true,
  ownerId: true,
  sealedPassword: true,
  expiresAt: true,
  diskBytesMax: true,
  inodesMax: true,
  memoryBytesMax: true,
  cpuMillisMax: true,
  pidsMax: true,
  bandwidthBytesMax: true,
  connectionsMax: true,
  newConnectionsMax: true,
  heldBy: true,
  heldFor: true,
  plan: true,
} as const satisfies Prisma.SiteSelect;
const EXISTING: Prisma.SiteWhereInput = { state: { in: ['launching', 'live'] } };
/** More sites than one key can be in, so that the answer is bounded. */
const KEYS_MAX = 1_000;

export function createSites(db: Db): Sites {
  const find = async (where: { id: string } | { sshPort: number } | { name: string }) => {
    const row = await db.site.findFirst({ where: { ...where, ...EXISTING }, select: SELECT });
    return row && toDoorSite(row);
  };
  return {
    list: async () => (await db.site.findMany({ where: EXISTING, select: SELECT })).map(toDoorSite),
    findById: (id) => find({ id }),
    findByPort: (sshPort) => find({ sshPort }),
    findByName: (name) => find({ name }),
    keysWith: (fingerprint) =>
      db.sshKey.findMany({ where: { fingerprint }, select: { siteId: true, publicKey: true }, take: KEYS_MAX }),
    usageOf: (siteId) =>
      db.usage.findUnique({ where: { siteId }, select: { diskBytes: true, memoryBytes: true, pids: true } }),
    verdictsOf: async (siteId) => worstFirst(await db.verdict.findMany({ where: { siteId }, omit: { numbers: true } })),
  };
}

type Row = Prisma.SiteGetPayload<{ select: typeof SELECT }>;

function toDoorSite(row: Row): DoorSite {
  const limits = limitsOf(row);
  return {
    id: row.id,
    name: row.name,
    port: row.sshPort,
    isOwned: row.ownerId !== null,
    sealedPassword: row.sealedPassword,
    pushBytesMax: limits.pushBytesMax,
    limits,
    expiresAt: row.expiresAt,
    heldFor: heldWords(row)?.message ?? null,
  };
}
