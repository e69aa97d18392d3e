// A site as somebody sees it who may: the JSON of the API and the data of the page.

import { unseal } from '../auth/seal.ts';
import type { HoldCause } from '../db/generated/client.ts';
import { requireSecret, type Settings } from '../env.ts';
import { worstFirst } from '../limits/levels.ts';
import { type Access, OWNER, type Standing } from './access.ts';
import { gitHttpUrl, gitSshUrl, siteUrl, sshHost } from './address.ts';
import type { SiteRow } from './find.ts';
import { heldWords } from './held.ts';
import { limitsOf } from './limits.ts';

export interface DeploymentView {
  id: string;
  number: number;
  cause: 'launch' | 'push' | 'rollback' | 'redeploy' | 'environment' | 'fetch';
  /** Who asked for it, in words. Null: the platform, or nobody wrote it down. */
  by: string | null;
  commit: string | null;
  subject: string | null;
  stack: string | null;
  status: 'running' | 'succeeded' | 'failed';
  problem: string | null;
  /** Its release is still on the disk: it can be rolled back to. */
  kept: boolean;
  live: boolean;
  startedAt: string;
  finishedAt: string | null;
}

export interface UsageView {
  diskBytes: number;
  memoryBytes: number;
  pids: number;
  cpuMicros: number;
  /** Thousandths of a core. */
  cpuMillis: number;
  /** Null: not counted yet. */
  inodes: number | null;
  requestsPerMinute: number;
  /** 95 of 100 requests of the last minute took no longer. Null: there were none. */
  p95Millis: number | null;
  readAt: string;
}

/** What the limits policy says at this moment. */
export interface VerdictView {
  kind: string;
  level: string;
  text: string;
  hint: string;
  since: string;
}

export interface SiteView {
  name: string;
  state: 'launching' | 'live' | 'failed' | 'deleting';
  /** Whether it sleeps: its processes stand still, or are stopped. */
  rest: 'awake' | 'frozen' | 'stopped';
  /** The last request, session or push. */
  activeAt: string;
  /** Stopped until somebody starts it again, and why; null: it is not. `byOwner`: its owner may. */
  held: { by: HoldCause; message: string; hint: string; at: string | null; byOwner: boolean } | null;
  problem: string | null;
  launchSteps: string[];
  address: string;
  git: { http: string; httpWithToken: string | null; ssh: string };
  ssh: { host: string; port: number; user: 'root'; password: string | null; command: string };
  /** Null: only owners see it, as well as the password and the remote with the token. */
  token: string | null;
  /** It is on its way back to a checkpoint. */
  restoring: boolean;
  /** Another moment than before: its checkpoints changed. */
  checkpointsAt: string | null;
  /** What who looks may do. */
  access: Access;
  plan: string;
  limits: {
    diskBytes: number;
    inodes: number;
    memoryBytes: number;
    cpuMillis: number;
    pids: number;
    openFiles: number;
  };
  usage: UsageView | null;
  createdAt: string;
  expiresAt: string | null;
  /** The number of the live deployment. */
  liveDeployment: number | null;
  deployments: DeploymentView[];
  keys: { id: string; fingerprint: string; comment: string }[];
  /** The worst first. */
  verdicts: VerdictView[];
  events: { kind: string; level: string; text: string; at: string }[];
}

/** Everything of a site that somebody of this standing may see. */
export function viewSite(settings: Settings, site: SiteRow, { access, seesSecrets }: Standing = OWNER): SiteView {
  const tell = (sealed: string) => (seesSecrets ? unseal(requireSecret(settings), sealed) : null);
  const token = tell(site.sealedToken);
  const host = sshHost(settings);
  const limits = limitsOf(site);
  return {
    name: site.name,
    state: stateOf(site),
    rest: site.rest,
    activeAt: site.activeAt.toISOString(),
    held: viewHeld(site),
    problem: site.problem,
    launchSteps: site.launchSteps,
    address: siteUrl(settings, site.name),
    git: {
      http: gitHttpUrl(settings, site.name, null),
      httpWithToken: token && gitHttpUrl(settings, site.name, token),
      ssh: gitSshUrl(settings, site.name),
    },
    ssh: {
      host,
      port: site.sshPort,
      user: 'root',
      password: tell(site.sealedPassword),
      command: `ssh -p ${site.sshPort} root@${host}`,
    },
    token,
    restoring: site.restoringId !== null,
    checkpointsAt: site.checkpointsAt?.toISOString() ?? null,
    access,
    plan: site.planName,
    limits: {
      diskBytes: limits.diskBytesMax,
      inodes: limits.inodesMax,
      memoryBytes: limits.memoryBytesMax,
      cpuMillis: limits.cpuMillisMax,
      pids: limits.pidsMax,
      openFiles: limits.openFilesMax,
    },
    usage: site.usage && viewUsage(site.usage),
    createdAt: (site.claimedAt ?? site.createdAt).toISOString(),
    expiresAt: site.expiresAt?.toISOString() ?? null,
    liveDeployment: site.liveDeployment?.number ?? null,
    deployments: site.deployments.map((deployment) => viewDeployment(site, deployment)),
    keys: site.keys.map(({ id, fingerprint, publicKey }) => ({
      id,
      fingerprint,
      comment: publicKey.split(' ').slice(2).join(' '),
    })),
    verdicts: worstFirst(site.verdicts).map(({ kind, level, text, hint, since }) => ({
      ...{ kind, level, text, hint },
      since: since.toISOString(),
    })),
    events: site.events.map(({ kind, level, text, at }) => ({ kind, level, text, at: at.toISOString() })),
  };
}

/** "Live" is said of an address that answers: a site that was just renamed is not, until its route is there. */
function stateOf({ state, name, routedName }: SiteRow): SiteView['state'] {
  return state === 'live' && routedName !== name ? 'launching' : state;
}

function viewHeld(site: SiteRow): SiteView['held'] {
  const words = heldWords(site);
  if (!words || !site.heldBy) return null;
  return { by: site.heldBy, ...words, at: site.heldAt?.toISOString() ?? null, byOwner: site.heldBy === 'storm' };
}

/** The newest reading, as numbers. */
export function viewUsage(usage: NonNullable<SiteRow['usage']>): UsageView {
  const { pids, cpuMillis, inodes, requestsPerMinute, p95Millis } = usage;
  return {
    diskBytes: Number(usage.diskBytes),
    memoryBytes: Number(usage.memoryBytes),
    pids,
    cpuMicros: Number(usage.cpuMicros),
    cpuMillis,
    inodes,
    requestsPerMinute,
    p95Millis,
    readAt: usage.readAt.toISOString(),
  };
}

export function viewDeployment(
  site: Pick<SiteRow, 'liveDeploymentId'>,
  deployment: SiteRow['deployments'][number],
): DeploymentView {
  return {
    id: deployment.id,
    number: deployment.number,
    cause: deployment.cause,
    by: deployment.by,
    commit: deployment.commit,
    subject: deployment.subject,
    stack: deployment.stack,
    status: deployment.status,
    problem: deployment.problem,
    kept: deployment.kept,
    live: deployment.id === site.liveDeploymentId,
    startedAt: deployment.startedAt.toISOString(),
    finishedAt: deployment.finishedAt?.toISOString() ?? null,
  };
}
