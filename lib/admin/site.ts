// One site for an admin: everything about its limits, use and history, and none of its owner's secrets. Nothing here is
// read from the columns that are sealed.

import type { Db } from '../db/client.ts';
import type { Settings } from '../env.ts';
import { siteUrl } from '../sites/address.ts';
import { limitsOf, OWN_LIMITS, type OwnLimit } from '../sites/limits.ts';
import { isSiteName } from '../sites/names.ts';
import { type HostView, readHostRow } from './host.ts';
import { stateOf } from './read-rows.ts';
import type { RowState } from './row.ts';
import { worstFirst } from './worst-first.ts';

const LIST_MAX = 30;

export interface LimitView {
  limit: OwnLimit;
  /** What is in force. */
  value: number;
  /** What the plan says; the value, unless the site has a limit of its own. */
  plans: number;
  isOwn: boolean;
}

export interface AdminSite {
  id: string;
  name: string;
  address: string;
  state: RowState;
  rest: 'awake' | 'frozen' | 'stopped';
  heldBy: string | null;
  heldFor: string | null;
  problem: string | null;
  plan: string;
  owner: { id: string; name: string; role: string } | null;
  createdAt: string;
  expiresAt: string | null;
  activeAt: string;
  usage: {
    disk: number;
    inodes: number | null;
    memory: number;
    pids: number;
    cpu: number;
    growth: number;
    requestsPerMinute: number;
    openRequests: number;
    p95Millis: number | null;
    readAt: string;
  } | null;
  limits: LimitView[];
  verdicts: { kind: string; level: string; text: string; hint: string; since: string }[];
  events: { id: string; kind: string; level: string; text: string; at: string }[];
  deployments: {
    number: number;
    cause: string;
    status: string;
    subject: string | null;
    commit: string | null;
    stack: string | null;
    problem: string | null;
    isLive: boolean;
    startedAt: string;
    finishedAt: string | null;
  }[];
  /** When the keeper last read the machine. */
  hostReadAt: HostView['readAt'];
}

const SELECT = {
  id: true,
  name: true,
  ownerId: true,
  state: true,
  rest: true,
  heldBy: true,
  heldFor: true,
  problem: true,
  routedName: true,
  planName: true,
  createdAt: true,
  claimedAt: true,
  expiresAt: true,
  activeAt: true,
  liveDeploymentId: true,
  diskBytesMax: true,
  inodesMax: true,
  memoryBytesMax: true,
  cpuMillisMax: true,
  pidsMax: true,
  bandwidthBytesMax: true,
  connectionsMax: true,
  newConnectionsMax: true,
  plan: true,
  usage: true,
  owner: { select: { id: true, email: true, role: true } },
  verdicts: true,
  events: { orderBy: { at: 'desc' }, take: LIST_MAX },
  deployments: { orderBy: { number: 'desc' }, take: LIST_MAX, omit: { log: true } },
} as const;

/** Null when there is none of this name. */
export async function findAdminSite(db: Db, settings: Settings, name: string): Promise<AdminSite | null> {
  if (!isSiteName(name)) return null;
  const [site, host] = await Promise.all([db.site.findUnique({ where: { name }, select: SELECT }), readHostRow(db)]);
  if (!site) return null;
  const { owner, usage, plan } = site;
  const inForce = limitsOf(site);
  return {
    id: site.id,
    name: site.name,
    address: siteUrl(settings, site.name),
    state: stateOf({ ...site, isRouted: site.routedName === site.name }),
    rest: site.rest,
    heldBy: site.heldBy,
    heldFor: site.heldFor,
    problem: site.problem,
    plan: site.planName,
    owner: owner && { id: owner.id, name: owner.email ?? owner.id.slice(-8), role: owner.role },
    createdAt: (site.claimedAt ?? site.createdAt).toISOString(),
    expiresAt: site.expiresAt?.toISOString() ?? null,
    activeAt: site.activeAt.toISOString(),
    usage: usage && {
      disk: Number(usage.diskBytes),
      inodes: usage.inodes,
      memory: Number(usage.memoryBytes),
      pids: usage.pids,
      cpu: usage.cpuMillis,
      growth: Number(usage.diskBytesPerHour),
      requestsPerMinute: usage.requestsPerMinute,
      openRequests: usage.openRequests,
      p95Millis: usage.p95Millis,
      readAt: usage.readAt.toISOString(),
    },
    limits: OWN_LIMITS.map((limit) => ({
      limit,
      value: inForce[limit],
      plans: Number(plan[limit]),
      isOwn: site[limit] !== null,
    })),
    verdicts: worstFirst(site.verdicts).map(({ kind, level, text, hint, since }) => ({
      ...{ kind, level, text, hint },
      since: since.toISOString(),
    })),
    events: site.events.map(({ id, kind, level, text, at }) => ({ id, kind, level, text, at: at.toISOString() })),
    deployments: site.deployments.map((deployment) => ({
      number: deployment.number,
      cause: deployment.cause,
      status: deployment.status,
      subject: deployment.subject,
      commit: deployment.commit,
      stack: deployment.stack,
      problem: deployment.problem,
      isLive: deployment.id === site.liveDeploymentId,
      startedAt: deployment.startedAt.toISOString(),
      finishedAt: deployment.finishedAt?.toISOString() ?? null,
    })),
    hostReadAt: host?.readAt.getTime() ?? null,
  };
}
