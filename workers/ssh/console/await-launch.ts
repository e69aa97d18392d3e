// Follows a launch to its end, by its row.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '#lib/db/client.ts';
import { AppError, siteNotFound } from '#lib/errors/app-error.ts';
import { SITE_WITH_ALL, type SiteRow } from '#lib/sites/find.ts';

const LOOK_MS = 250;
const LAUNCH_MS_MAX = 180_000;
/** A build may take a quarter of an hour, and may wait for others. */
const FETCH_MS_MAX = 20 * 60_000;

/**
 * Resolves when the site's address answers; tells each step that is done. Throws `site-not-ready` when the launch fails or
 * takes too long: workers go on with it.
 */
export async function awaitLive(
  db: Db,
  siteId: string,
  over: AbortSignal,
  onStep: (step: string) => void,
): Promise<void> {
  let told: number | null = null;
  for (const deadline = Date.now() + LAUNCH_MS_MAX; Date.now() < deadline; await sleep(LOOK_MS)) {
    const site = await requireRow(db, siteId, over);
    const isLive = site.state === 'live' && site.routedName === site.name;
    const done = site.launchSteps.filter((step) => / \(\d+\.\d+ s\)$/.test(step));
    // The steps of one that was made ahead are nobody's news.
    for (const step of done.slice(told ?? (isLive ? done.length : 0))) onStep(step);
    told = done.length;
    if (isLive) return;
    if (site.state === 'failed') throw notLive(site.name, site.problem ?? 'Its launch failed.');
  }
  throw notLive((await requireRow(db, siteId, over)).name, 'Its launch takes long.');
}

/** The site once the repository that it follows is live in it, if it follows one. Throws `not-fetched`. */
export async function awaitFetched(db: Db, siteId: string, over: AbortSignal): Promise<SiteRow> {
  for (const deadline = Date.now() + FETCH_MS_MAX; Date.now() < deadline; await sleep(LOOK_MS)) {
    const site = await requireRow(db, siteId, over);
    const upstream = await db.upstream.findUnique({ where: { siteId }, select: { wantedAt: true, problem: true } });
    const running = upstream && site.deployments.some(({ status }) => status === 'running');
    if (!upstream || (upstream.wantedAt === null && !running && upstream.problem === null)) return site;
    if (upstream.problem !== null) throw notFetched(site.name, upstream.problem);
  }
  throw notFetched((await requireRow(db, siteId, over)).name, 'It takes long.');
}

async function requireRow(db: Db, id: string, over: AbortSignal): Promise<SiteRow> {
  if (over.aborted) throw new AppError('interrupted', { message: 'The client has gone.', hint: 'The launch goes on.' });
  const site = await db.site.findUnique({ where: { id }, include: SITE_WITH_ALL });
  if (!site || site.state === 'deleting') throw siteNotFound();
  return site;
}

function notLive(name: string, problem: string): AppError {
  return new AppError('site-not-ready', {
    message: `The site ${name} is not live yet: ${problem}`,
    hint: `We go on with it; \`ls\` tells when it is.`,
  });
}

function notFetched(name: string, problem: string): AppError {
  return new AppError('not-fetched', {
    message: `The site ${name} is live, but does not serve the repository: ${problem}`,
    hint: 'It serves what it did before; a deployment’s log is on its page. Correct the repository, or push to the site.',
  });
}
