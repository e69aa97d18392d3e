// The git process: clones and pushes over HTTP, and what pages show of repositories. Git itself runs confined
// (lib/git/confine.ts); a deployment is the deploy worker's, asked by the hook.

import { openDb } from '#lib/db/client.ts';
import { requireDatabaseUrl, requireSecret } from '#lib/env.ts';
import { findGroup, WEB_GROUP } from '#lib/git/account.ts';
import { openGit } from '#lib/git/deps.ts';
import { createFindServed, createFindSite, repositoryOf } from '#lib/git/site.ts';
import { sweepRepositories } from '#lib/git/sweep.ts';
import { findTokenAccess } from '#lib/tokens/site-access.ts';
import { createHistory } from './git-http/history.ts';
import { createHistoryServer } from './git-http/history-server.ts';
import { closeServer, listenOn } from './git-http/listen.ts';
import { createGitServer } from './git-http/server.ts';
import { repeat, runWorker } from './process.ts';

const GRACE_MS = 8_000;
const SWEEP_MS = 10_000;

await runWorker('git', async ({ settings, log }) => {
  const { paths, instance } = settings;
  const db = openDb(requireDatabaseUrl(settings));
  const git = await openGit(settings, log);
  const history = createHistory(git, instance);
  const secret = requireSecret(settings);
  const accessWith = (token: string, siteId: string | null) => findTokenAccess(db, secret, token, siteId);
  const gitServer = createGitServer({ git, findSite: createFindSite(db, secret, paths), accessWith });
  const historyServer = createHistoryServer({ history, git, findServed: createFindServed(db, paths), paths });

  // The proxy runs as a user of its own, and every request needs a token.
  await listenOn(gitServer, paths.gitSocket, { mode: 0o666, group: null });
  await listenOn(historyServer, paths.historySocket, { mode: 0o660, group: await findGroup(WEB_GROUP) });

  const sweeping = repeat(log, 'sweeping repositories', SWEEP_MS, async () => {
    const sites = await db.site.findMany({ where: { state: 'live' }, select: { id: true } });
    await sweepRepositories(
      git,
      sites.map(({ id }) => repositoryOf(paths, id)),
    );
  });

  return async () => {
    await sweeping.stop();
    await Promise.all([closeServer(gitServer, GRACE_MS), closeServer(historyServer, 1_000)]);
    history.close();
    await db.$disconnect();
  };
});
