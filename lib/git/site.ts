// Finds the site that a git client names, with what serving it needs. The same for the HTTP and the SSH side.

import { setTimeout as sleep } from 'node:timers/promises';
import { seal, unseal } from '../auth/seal.ts';
import type { Db } from '../db/client.ts';
import type { Paths } from '../env-paths.ts';
import { AppError } from '../errors/app-error.ts';
import { isSiteName } from '../sites/names.ts';
import { formerly } from '../sites/old-names.ts';
import type { GitSite } from './conversation.ts';

export interface NamedSite extends GitSite {
  state: 'launching' | 'live' | 'failed' | 'deleting';
  /** The site token: the password of git over HTTP. */
  token: string;
}

export type FindSite = (name: string) => Promise<NamedSite | null>;

const SERVED = {
  ...{ id: true, name: true, state: true, ownerId: true, launchedFrom: true },
  owner: { select: { role: true } },
  plan: { select: { pushBytesMax: true } },
} as const;
const SELECT = { ...SERVED, sealedToken: true } as const;

/** A look-up on the database, also by a name that the site had lately. An absent site takes the time of one that is there. */
export function createFindSite(db: Db, secret: string, paths: Pick<Paths, 'pool'>): FindSite {
  const decoy = seal(secret, 'no site has this token');
  return async (name) => {
    const row = isSiteName(name)
      ? ((await db.site.findUnique({ where: { name }, select: SELECT })) ??
        (await db.site.findFirst({ where: formerly(name), select: SELECT })))
      : null;
    const token = unseal(secret, row?.sealedToken ?? decoy);
    if (!row) return null;
    return { ...toServed(row, paths), token };
  };
}

export type ServedSite = GitSite & Pick<NamedSite, 'state'>;

/** The same by its id, for whom the web process has let through. */
export type FindServed = (id: string) => Promise<ServedSite | null>;

export function createFindServed(db: Db, paths: Pick<Paths, 'pool'>): FindServed {
  return async (id) => {
    const row = await db.site.findUnique({ where: { id }, select: SERVED });
    return row && toServed(row, paths);
  };
}

interface Row {
  id: string;
  name: string;
  state: NamedSite['state'];
  ownerId: string | null;
  launchedFrom: string | null;
  owner: { role: string } | null;
  plan: { pushBytesMax: bigint };
}

function toServed(row: Row, paths: Pick<Paths, 'pool'>): ServedSite {
  const { id, name, state, plan } = row;
  return {
    id,
    name,
    state,
    owner: ownerOf(row),
    repository: repositoryOf(paths, id),
    pushBytesMax: Number(plan.pushBytesMax),
  };
}

/** Anybody can be any number of guests: those are told apart by where they came from. */
function ownerOf({ id, ownerId, launchedFrom, owner }: Row): string {
  return (owner?.role === 'guest' ? launchedFrom : null) ?? ownerId ?? id;
}

export function repositoryOf(paths: Pick<Paths, 'pool'>, siteId: string): string {
  return `${paths.pool}/sites/${siteId}/git`;
}

/** As long as a visitor's first request waits at the proxy. */
const LAUNCH_MS_MAX = 30_000;
const LOOK_MS = 250;
/** Of one process. Who comes on top is told to come again: each that waits asks the database. */
const WAITING_MAX = 100;
let waiting = 0;

/**
 * Whoever comes right after the click waits for the launch, and gets the site as it is then. Answers it when it can be
 * served; throws as `requireServable` when it cannot, or not within 30 s, or when the signal aborts.
 */
export async function untilServable<Found extends Pick<NamedSite, 'state'>>(
  found: Found,
  look: () => Promise<Found | null>,
  signal: AbortSignal,
): Promise<Found> {
  let site = found;
  if (site.state === 'launching' && waiting < WAITING_MAX) {
    waiting += 1;
    try {
      for (const deadline = Date.now() + LAUNCH_MS_MAX; site.state === 'launching' && Date.now() < deadline; ) {
        if (signal.aborted) break;
        await sleep(LOOK_MS);
        site = (await look()) ?? { ...site, state: 'deleting' };
      }
    } finally {
      waiting -= 1;
    }
  }
  requireServable(site);
  return site;
}

/** Throws `site-not-ready` unless the site can be cloned and pushed to now. */
export function requireServable({ state }: Pick<NamedSite, 'state'>): void {
  if (state === 'live') return;
  if (state === 'deleting') {
    throw new AppError('site-not-ready', {
      message: 'The site is being deleted.',
      hint: 'Its repository is no longer served.',
    });
  }
  throw new AppError('site-not-ready', {
    message:
      state === 'failed'
        ? 'The site could not be launched yet, and is tried again.'
        : 'The site is still being launched.',
    hint: 'Try again in a minute.',
  });
}
