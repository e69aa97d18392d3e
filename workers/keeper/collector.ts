// Collects the garbage of sites' repositories, one at a time: what force pushes and deleted branches leave counts against
// a site's disk. What was collected when is remembered by this process alone; a new one collects a little more.

import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Db } from '#lib/db/client.ts';
import { collectGarbage } from '#lib/git/collect.ts';
import { type Collection, planCollecting, type RepositoryTimes, recordCollection } from '#lib/git/collect-plan.ts';
import type { GitDeps } from '#lib/git/deps.ts';
import { repositoryOf } from '#lib/git/site.ts';

export interface CollectorDeps {
  db: Db;
  git: GitDeps;
  paths: { pool: string };
  now: () => number;
}

/** The work of one round over the live sites of this machine. */
export function createCollector({ db, git, paths, now }: CollectorDeps): () => Promise<void> {
  const collections = new Map<string, Collection>();
  return async () => {
    const sites = await db.site.findMany({ where: { state: 'live', node: 'local' }, select: { id: true } });
    const known = new Set(sites.map(({ id }) => id));
    for (const id of collections.keys()) if (!known.has(id)) collections.delete(id);
    const times: RepositoryTimes[] = [];
    for (const { id } of sites) {
      const found = await readTimes(id, repositoryOf(paths, id));
      if (found) times.push(found);
    }
    for (const each of planCollecting(times, collections, now())) {
      const { siteId, repository } = each;
      const isDone = await collectGarbage(git, repository);
      collections.set(siteId, recordCollection(each, collections.get(siteId), { isDone, at: now() }));
      if (isDone) git.log.info({ siteId }, 'collected the garbage of a repository');
    }
  };
}

/** Git makes and removes a folder in objects/ for each push. Null while the disk is not mounted. */
async function readTimes(siteId: string, repository: string): Promise<RepositoryTimes | null> {
  try {
    const [made, changed] = await Promise.all([
      stat(path.join(repository, 'HEAD')),
      stat(path.join(repository, 'objects')),
    ]);
    return { siteId, repository, madeAt: made.mtimeMs, changedAt: changed.mtimeMs };
  } catch {
    return null; // Being made, deleted or brought back; the next round looks again.
  }
}
