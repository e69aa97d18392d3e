// What the SSH process needs to know of sites, and its one implementation over the database. Sites that are being
// deleted do not exist here, and those whose launch failed can only be looked at.

import type { Db } from '#lib/db/client.ts';
import type { MemberRole, Prisma } from '#lib/db/generated/client.ts';
import { readSealed, type Sealed } from '#lib/environment/store.ts';
import { worstFirst } from '#lib/limits/levels.ts';
import { ACCESS_OF, type Access } from '#lib/sites/access.ts';
import { heldWords } from '#lib/sites/held.ts';
import { limitsOf, type SiteLimits } from '#lib/sites/limits.ts';
import { formerly } from '#lib/sites/old-names.ts';

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
  /** Why its launch failed; null: it did not. */
  failure: string | null;
}

export interface DoorKey {
  siteId: string;
  /** The authorized_keys line. */
  publicKey: string;
  access: Access;
}

export interface Account {
  id: string;
  email: string | null;
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
  /** Also by a name that it had lately. */
  findByName(name: string): Promise<DoorSite | null>;
  /** As `findByName`, also one whose launch failed. */
  findToLookAt(name: string): Promise<DoorSite | null>;
  /** The keys with this fingerprint, of the site or for null of all: its own, and those of the users who share it. */
  keysWith(fingerprint: string, siteId: string | null): Promise<DoorKey[]>;
  /** Those whose key it is, without guests and without who is on his way out: one, unless several gave the same key. */
  accountsWith(fingerprint: string): Promise<Account[]>;
  usageOf(siteId: string): Promise<SiteUsage | null>;
  /** The variables that the site's app runs with. */
  variablesOf(siteId: string): Promise<Sealed>;
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
  state: true,
  problem: true,
  plan: true,
} as const satisfies Prisma.SiteSelect;
const EXISTING: Prisma.SiteWhereInput = { state: { in: ['launching', 'live'] } };
const SEEN: Prisma.SiteWhereInput = { state: { not: 'deleting' } };
/** More sites than one key can be in, so that the answer is bounded. */
const KEYS_MAX = 1_000;
/** More than one is already too many to act for. */
const ACCOUNTS_MAX = 10;

export function createSites(db: Db): Sites {
  const find = async (where: Prisma.SiteWhereInput, among = EXISTING) => {
    const row = await db.site.findFirst({ where: { ...where, ...among }, select: SELECT });
    return row && toDoorSite(row);
  };
  return {
    list: async () => (await db.site.findMany({ where: EXISTING, select: SELECT })).map(toDoorSite),
    findById: (id) => find({ id }),
    findByPort: (sshPort) => find({ sshPort }),
    findByName: async (name) => (await find({ name })) ?? find(formerly(name)),
    findToLookAt: async (name) => (await find({ name }, SEEN)) ?? find(formerly(name), SEEN),
    keysWith: (fingerprint, siteId) => findKeys(db, fingerprint, siteId),
    accountsWith: (fingerprint) =>
      db.user.findMany({
        where: { keys: { some: { fingerprint } }, role: { not: 'guest' }, deletingAt: null },
        orderBy: { createdAt: 'asc' },
        select: { id: true, email: true },
        take: ACCOUNTS_MAX,
      }),
    usageOf: (siteId) =>
      db.usage.findUnique({ where: { siteId }, select: { diskBytes: true, memoryBytes: true, pids: true } }),
    variablesOf: async (id) => {
      const site = await db.site.findUnique({ where: { id }, select: { liveEnvironment: true } });
      return site ? readSealed(db, id, site.liveEnvironment) : {};
    },
    verdictsOf: async (siteId) => worstFirst(await db.verdict.findMany({ where: { siteId }, omit: { numbers: true } })),
  };
}

async function findKeys(db: Db, fingerprint: string, siteId: string | null): Promise<DoorKey[]> {
  const rows = await db.$queryRaw<{ siteId: string; publicKey: string; role: MemberRole }[]>`
    select found.* from (
      select "siteId", "publicKey", 'owner' as role from "SshKey" where fingerprint = ${fingerprint}
      union all
      select s.id, k."publicKey", 'owner' from "UserKey" k join "Site" s on s."ownerId" = k."userId"
      where k.fingerprint = ${fingerprint}
      union all
      select m."siteId", k."publicKey", m.role::text from "UserKey" k join "Member" m on m."userId" = k."userId"
      where k.fingerprint = ${fingerprint}
    ) found
    where ${siteId}::uuid is null or found."siteId" = ${siteId}::uuid limit ${KEYS_MAX}`;
  return rows.map(({ role, ...key }) => ({ ...key, access: ACCESS_OF[role] }));
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
    failure: row.state === 'failed' ? (row.problem ?? 'No reason was told.') : null,
  };
}
