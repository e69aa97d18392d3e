// What the web process changes about a site's upstream: rows and jobs, nothing else.

import { randomBytes } from 'node:crypto';
import { seal, unseal } from '../auth/seal.ts';
import type { Db, Transaction } from '../db/client.ts';
import type { Upstream } from '../db/generated/client.ts';
import { notify } from '../db/notify.ts';
import { requireSecret, type Settings } from '../env.ts';
import { AppError } from '../errors/app-error.ts';
import { addJob } from '../jobs/add.ts';

export interface UpstreamWish {
  url: string;
  branch: string | null;
}

export interface UpstreamView {
  url: string;
  branch: string | null;
  /** It is being fetched, or will be as soon as it can. */
  isWanted: boolean;
  commit: string | null;
  fetchedAt: string | null;
  problem: string | null;
  hook: { url: string; secret: string | null };
}

/** From now on the site follows this, and fetches it at once. The secret stays when the address changes. */
export async function connectUpstream(
  tx: Transaction,
  settings: Settings,
  siteId: string,
  { url, branch }: UpstreamWish,
): Promise<void> {
  const sealedSecret = seal(requireSecret(settings), `lkhook_${randomBytes(24).toString('base64url')}`);
  const wish = { url, branch, wantedAt: new Date(), problem: null };
  const known = await tx.upstream.findUnique({ where: { siteId } });
  const isOther = known?.url !== url || known.branch !== branch;
  await tx.upstream.upsert({
    where: { siteId },
    create: { siteId, sealedSecret, ...wish },
    update: isOther ? { ...wish, commit: null, fetchedAt: null } : wish,
  });
  await addJob(tx, 'upstream', { siteId });
  await notify(tx, 'site', siteId);
}

/** Throws `not-found` when the site follows nothing. */
export async function requestFetch(db: Db, siteId: string): Promise<void> {
  await db.$transaction(async (tx) => {
    const { count } = await tx.upstream.updateMany({ where: { siteId }, data: { wantedAt: new Date() } });
    if (count === 0) throw followsNothing();
    await addJob(tx, 'upstream', { siteId });
    await notify(tx, 'site', siteId);
  });
}

/** The repository and what is live stay as they are. */
export async function disconnectUpstream(db: Db, siteId: string): Promise<void> {
  await db.upstream.deleteMany({ where: { siteId } });
}

export function viewUpstream(
  settings: Settings,
  name: string,
  { url, branch, wantedAt, commit, fetchedAt, problem, sealedSecret }: Upstream,
  seesSecrets: boolean,
): UpstreamView {
  return {
    ...{ url, branch, commit, problem },
    isWanted: wantedAt !== null,
    fetchedAt: fetchedAt?.toISOString() ?? null,
    hook: {
      url: `${settings.appUrl}/api/hooks/${name}/github`,
      secret: seesSecrets ? unseal(requireSecret(settings), sealedSecret) : null,
    },
  };
}

function followsNothing(): AppError {
  return new AppError('not-found', {
    message: 'The site follows no repository.',
    hint: 'Connect one on the site’s page Files.',
  });
}
