// The click. One transaction: a ready site becomes the visitor's, or a new one is written down for the workers to make.

import type { Db, Transaction } from '../db/client.ts';
import type { Plan, Site, User } from '../db/generated/client.ts';
import { notify } from '../db/notify.ts';
import { isUniqueViolation } from '../db/unique-violation.ts';
import { requireSecret, type Settings } from '../env.ts';
import { AppError, invariant } from '../errors/app-error.ts';
import { addJob } from '../jobs/add.ts';
import type { PublicKey } from '../keys/public-key.ts';
import { connectUpstream, type UpstreamWish } from '../upstream/change.ts';
import { judgeLaunchTotals, lockUser, planNameOf, readTotals, totalsMaxOf } from '../users/totals.ts';
import { judgeAddress, judgeCapacity, judgeRoom } from './admission.ts';
import { SITE_WITH_ALL, type SiteRow } from './find.ts';
import { generateSiteName, nameTaken, parseSiteName } from './names.ts';
import { isNameFree } from './old-names.ts';
import { readPromised } from './promised.ts';
import { sealNewSecrets } from './secrets.ts';

export interface LaunchRequest {
  owner: { id: string } | null;
  name: string | null;
  /** The client's IP address. */
  address: string;
  /** The same key is the same launch, however often it is sent. */
  key: string | null;
  /** A repository elsewhere that the site is to serve. */
  upstream?: UpstreamWish | null;
  /** The key that the visitor has proven to hold: the new site's first one. */
  publicKey?: PublicKey | null;
}

export interface Launched {
  site: SiteRow;
  owner: User;
  /** False when the visitor had the site already. */
  created: boolean;
}

type Deps = { db: Db; settings: Settings };

/** Launches a site. Throws `bad-name`, `name-taken`, `too-many-launches`, `too-many-sites`, `over-total` or `host-full`. */
export async function launch(deps: Deps, request: LaunchRequest): Promise<Launched> {
  const name = request.name === null || request.name.trim() === '' ? null : parseSiteName(request.name);
  const { siteId, owner, created } = await claimOrInsert(deps, request, name);
  const site = await deps.db.site.findUniqueOrThrow({ where: { id: siteId }, include: SITE_WITH_ALL });
  return { site, owner, created };
}

async function claimOrInsert(deps: Deps, request: LaunchRequest, name: string | null) {
  const work = deps.db.$transaction(async (tx) => {
    await oneAtATime(tx, request);
    if (request.owner) await lockUser(tx, request.owner.id);
    const known = request.owner
      ? await tx.user.findUnique({ where: { id: request.owner.id, deletingAt: null } })
      : null;
    const plan = await requirePlan(tx, known ? planNameOf(known) : 'guest');
    const earlier = await findEarlier(tx, request, known, plan);
    if (earlier) return { siteId: earlier.site.id, owner: earlier.owner, created: false };
    await admit(deps, tx, request);
    await admitToPool(tx);
    if (known) await admitOwner(tx, known, plan);
    if (name && !(await isNameFree(tx, name))) throw nameTaken(name);
    const owner = known ?? (await tx.user.create({ data: { role: 'guest' } }));
    const claim = claimOf(owner, plan, request);
    const site = (await claimReady(tx, plan, claim, name)) ?? (await insertNew(deps, tx, plan, claim, name));
    await tx.launch.create({ data: { address: request.address } });
    if (request.publicKey) await admitKey(tx, site.id, owner, request.publicKey);
    if (request.upstream) await connectUpstream(tx, deps.settings, site.id, request.upstream);
    await addJob(tx, 'converge', { siteId: site.id });
    await notify(tx, 'site', site.id);
    return { siteId: site.id, owner, created: true };
  });
  return work.catch((error: unknown) => {
    if (name && isUniqueViolation(error)) throw nameTaken(name);
    throw error;
  });
}

/**
 * Writes down a site for the pool, if fewer than `poolMax` wait in it. The workers make it; a click claims it. Answers null
 * when the pool or the machine is full.
 */
export async function insertReady(deps: Deps, poolMax = Number.POSITIVE_INFINITY): Promise<Site | null> {
  return deps.db.$transaction(async (tx) => {
    // Who counts at the same time would come to the same number.
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('launch:pool', 0))`;
    if ((await tx.site.count({ where: { ownerId: null, state: { not: 'deleting' } } })) >= poolMax) return null;
    const plan = await requirePlan(tx, 'guest');
    try {
      const site = await insertNew(deps, tx, plan, {}, null);
      await addJob(tx, 'converge', { siteId: site.id });
      return site;
    } catch (error) {
      if (error instanceof AppError && error.code === 'host-full') return null;
      throw error;
    }
  });
}

/** Launches of one browser or address follow each other, so that counting is exact and a double click is one launch. */
export async function oneAtATime(tx: Transaction, { address, owner, key }: LaunchRequest): Promise<void> {
  const words = [address, owner?.id ?? key ?? address].map((word) => `launch:${word}`);
  await tx.$executeRaw`
    select pg_advisory_xact_lock(hashtextextended(${words[0]}, 0)), pg_advisory_xact_lock(hashtextextended(${words[1]}, 0))`;
}

async function findEarlier(
  tx: Transaction,
  { key, upstream }: LaunchRequest,
  known: User | null,
  plan: Plan,
): Promise<{ site: Site; owner: User } | null> {
  const byKey = key ? await tx.site.findUnique({ where: { launchKey: key }, include: { owner: true } }) : null;
  if (byKey?.owner && byKey.owner.role !== 'guest' && byKey.ownerId !== known?.id) throw keyTaken();
  if (byKey?.owner && byKey.state !== 'deleting') return { site: byKey, owner: byKey.owner };
  if (!known) return null;
  const sites = await tx.site.findMany({
    // Those that can be brought back count.
    where: { ownerId: known.id, OR: [{ state: { not: 'deleting' } }, { undoUntil: { not: null } }] },
    orderBy: { claimedAt: 'desc' },
  });
  const [newest] = sites;
  if (sites.length < totalsMaxOf(known, plan).sites || known.role === 'admin') return null;
  if (newest && known.role === 'guest' && !upstream) return { site: newest, owner: known };
  throw new AppError('too-many-sites', {
    message: `You have ${sites.length} of ${totalsMaxOf(known, plan).sites} sites.`,
    hint: 'Delete one of them to launch another.',
  });
}

export async function admit(deps: Deps, tx: Transaction, { address }: LaunchRequest): Promise<void> {
  const now = new Date();
  const hourAgo = new Date(now.getTime() - 3_600_000);
  const [counted] = await tx.$queryRaw<{ recent: number; oldest: Date | null; sites: number }[]>`
    select count(*)::int as recent, min(at) as oldest,
      (select count(*)::int from "Site" where "launchedFrom" = ${address} and state <> 'deleting') as sites
    from "Launch" where address = ${address} and at > ${hourAgo}`;
  judgeAddress(
    {
      launchesLastHour: counted?.recent ?? 0,
      nextLaunchAt: counted?.oldest ? new Date(counted.oldest.getTime() + 3_600_000) : null,
      sitesNow: counted?.sites ?? 0,
    },
    deps.settings,
    now,
  );
}

/** A ready site takes nothing when it is claimed, and all of its disk later. */
async function admitToPool(tx: Transaction): Promise<void> {
  const host = await tx.host.findUnique({ where: { node: 'local' } });
  if (host) judgeRoom({ poolBytes: Number(host.poolBytes), poolBytesFree: Number(host.poolBytesFree) });
}

/** What the owner's sites are promised together. An admin's are bounded by the machine alone. */
async function admitOwner(tx: Transaction, owner: User, plan: Plan): Promise<void> {
  if (owner.role === 'admin') return;
  const site = { diskBytes: Number(plan.diskBytesMax), memoryBytes: Number(plan.memoryBytesMax) };
  judgeLaunchTotals(await readTotals(tx, owner.id), site, totalsMaxOf(owner, plan));
}

/** The site is made just now, so there is room for a key and none of its own. */
async function admitKey(tx: Transaction, siteId: string, owner: User, key: PublicKey): Promise<void> {
  const { fingerprint, line: publicKey } = key;
  await tx.sshKey.create({ data: { siteId, fingerprint, publicKey, addedById: owner.id } });
}

interface Claim {
  ownerId?: string;
  claimedAt?: Date;
  activeAt?: Date;
  expiresAt?: Date | null;
  launchedFrom?: string;
  launchKey?: string | null;
}

export function claimOf(owner: User, plan: Plan, request: LaunchRequest): Claim {
  const claimedAt = new Date();
  const expiresAt =
    plan.lifetimeMinutes === null ? null : new Date(claimedAt.getTime() + plan.lifetimeMinutes * 60_000);
  return {
    ownerId: owner.id,
    claimedAt,
    activeAt: claimedAt,
    expiresAt,
    launchedFrom: request.address,
    launchKey: request.key,
  };
}

/** The oldest ready site, if there is one: whoever else claims at this moment gets another (SKIP LOCKED). */
async function claimReady(tx: Transaction, plan: Plan, claim: Claim, name: string | null): Promise<Site | null> {
  const [ready] = await tx.$queryRaw<{ id: string }[]>`
    select id from "Site" where "ownerId" is null and state = 'live' and "planName" = ${plan.name}
    order by "createdAt" limit 1 for update skip locked`;
  if (!ready) return null;
  return tx.site.update({ where: { id: ready.id }, data: { ...claim, ...(name ? { name } : {}) } });
}

export async function insertNew(
  deps: Deps,
  tx: Transaction,
  plan: Plan,
  claim: Claim,
  name: string | null,
): Promise<Site> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('launch:port', 0))`;
  await judgeHost(deps, tx, plan);
  return tx.site.create({
    data: {
      ...claim,
      name: name ?? (await freeName(tx)),
      planName: plan.name,
      sshPort: await freePort(deps, tx),
      ...sealNewSecrets(requireSecret(deps.settings)),
    },
  });
}

/** Counts what is promised against the machine as its keeper last saw it; before its first reading nothing is refused. */
async function judgeHost(deps: Deps, tx: Transaction, plan: Plan): Promise<void> {
  const host = await tx.host.findUnique({ where: { node: 'local' } });
  if (!host) return;
  const promised = await readPromised(tx);
  const capacity = {
    memoryBytes: Number(host.memoryBytes),
    memoryBytesPromised: promised.memoryBytes,
    poolBytes: Number(host.poolBytes),
    poolBytesFree: Number(host.poolBytesFree),
    diskBytesPromised: promised.diskBytes,
  };
  const demand = { memoryBytes: Number(plan.memoryBytesMax), diskBytes: Number(plan.diskBytesMax) };
  judgeCapacity(capacity, demand, deps.settings.overcommit);
}

async function freeName(tx: Transaction): Promise<string> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const name = generateSiteName();
    if (await isNameFree(tx, name)) return name;
  }
  throw new Error('no free site name in 20 draws');
}

async function freePort(deps: Deps, tx: Transaction): Promise<number> {
  const { first, last } = deps.settings.sshPorts;
  const [row] = await tx.$queryRaw<{ port: number }[]>`
    select port from generate_series(${first}::int, ${last}::int) as port
    where not exists (select 1 from "Site" where "sshPort" = port) order by port limit 1`;
  if (row) return row.port;
  throw new AppError('host-full', {
    message: `This machine is full: all ${last - first + 1} SSH ports are taken.`,
    hint: 'Try again in a few minutes, or ask the operator to widen LIGHTKEEPER_SSH_PORTS.',
  });
}

export async function requirePlan(tx: Transaction, name: string): Promise<Plan> {
  const plan = await tx.plan.findUnique({ where: { name } });
  invariant(plan, `there is a plan ${name}`);
  return plan;
}

/** Whoever repeats a guest's key becomes that guest; nobody becomes a member by it. */
function keyTaken(): AppError {
  return new AppError('bad-request', {
    message: 'A launch with this key was made by an account.',
    hint: 'Sign in, or load the page again and launch another site.',
  });
}
