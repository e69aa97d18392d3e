// The deploy worker: launches, deployments, rollbacks, deletes and routes. The only process that changes containers,
// disks and the proxy's map.

import { EventEmitter } from 'node:events';
import { chown, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Logger, run, type WorkerEvents } from 'graphile-worker';
import { checkpointBefore } from '#lib/checkpoints/before-deployment.ts';
import { createScales } from '#lib/checkpoints/weigh.ts';
import { openDb } from '#lib/db/client.ts';
import { listen } from '#lib/db/notify.ts';
import { applyEnvironment } from '#lib/deploy/environment.ts';
import { redeploy } from '#lib/deploy/redeploy.ts';
import { rollback } from '#lib/deploy/rollback.ts';
import { type HookServerDeps, serveHook } from '#lib/deploy/server.ts';
import { sweepDeployments } from '#lib/deploy/sweep.ts';
import type { TakenDeps } from '#lib/deploy/taken.ts';
import { createAuthority } from '#lib/domains/authority.ts';
import { createDomainKeeper } from '#lib/domains/keep.ts';
import { createDnsLookup } from '#lib/domains/look-up.ts';
import { requireDatabaseUrl } from '#lib/env.ts';
import { AppError } from '#lib/errors/app-error.ts';
import { openGit } from '#lib/git/deps.ts';
import { findMainAtRest } from '#lib/git/main-at-rest.ts';
import { repositoryOf } from '#lib/git/site.ts';
import { createSlots } from '#lib/git/slots.ts';
import { JOBS } from '#lib/jobs/add.ts';
import { dropLeases, freeAllJobs, freeJobs } from '#lib/jobs/free.ts';
import { DEAD_MS, keepBeating } from '#lib/jobs/heartbeat.ts';
import { freeLeases } from '#lib/jobs/lease.ts';
import { keepPlace } from '#lib/jobs/place.ts';
import type { Log } from '#lib/log.ts';
import { createCertificates } from '#lib/proxy/certificates.ts';
import { createHaproxy } from '#lib/proxy/haproxy.ts';
import { CHALLENGES, DOMAINS, MOVED } from '#lib/proxy/maps.ts';
import { createTextMap, type EntryRules } from '#lib/proxy/text-map.ts';
import { applyLimits } from '#lib/sites/apply-limits.ts';
import { type ConvergeDeps, converge } from '#lib/sites/converge.ts';
import { createCopies } from '#lib/sites/copies.ts';
import { createHeldApps } from '#lib/sites/hold-app.ts';
import { reconcile, refill, withdrawRoute } from '#lib/sites/reconcile.ts';
import { releaseAddress } from '#lib/sites/site-network.ts';
import { createStartPace } from '#lib/sites/start-pace.ts';
import { createWaker, type WakeDeps } from '#lib/sites/wake.ts';
import { wakeForJob } from '#lib/sites/wake-job.ts';
import { serveWakes } from '#lib/sites/wake-server.ts';
import { createFollower } from '#lib/upstream/follower.ts';
import { cgroupVersion } from '#lib/usage/cgroup.ts';
import { createKernelLimits } from '#lib/usage/kernel-limits.ts';
import { findUser } from './host/users.ts';
import { cgroupParent, openDisks, openEngine, openNetwork, requireHost } from './machine.ts';
import { repeat, runWorker } from './process.ts';

const RECONCILE_MS = 10_000;
const WEIGH_MS = 3_000;
const DOMAINS_MS = 5_000;
const JOBS_AT_A_TIME = 3;
/** Builds of all sites at a time: they share the cores with the sites that serve. */
const BUILDS = { total: 2, perKey: 1, waitMs: 15 * 60_000, waitersMax: 100 };

/** A build may take minutes; after this its job lets others into the queue. */
const BUILD_PLACE_MS = 2_000;
const HOOK_GRACE_MS = 5_000;
/** Who waits longer asks the next worker. */
const WAKE_GRACE_MS = 2_000;

await runWorker('deploy', async ({ settings, log, id }) => {
  const databaseUrl = requireDatabaseUrl(settings);
  const db = openDb(databaseUrl, 10);
  const engine = openEngine(settings, log);
  const socketPath = settings.paths.proxySocket;
  const proxy = createHaproxy({ socketPath, mapFile: settings.paths.proxyMap });
  const git = await openGit(settings, log);
  const base = path.basename(requireHost(settings).baseDir);
  const disk = openDisks(settings, log);
  const network = openNetwork(settings);
  const openMap = (file: string, rules: EntryRules) => createTextMap({ socketPath, file, rules });
  const parts: WakeDeps = {
    ...{ db, engine, proxy, settings, log, git, base, disk, network },
    checkpoint: (siteId) => checkpointBefore({ db, disk, log, runner: id }, siteId),
    moved: openMap(settings.paths.movedMap, MOVED),
    domains: openMap(settings.paths.domainsMap, DOMAINS),
    builds: createSlots(BUILDS),
    unsettled: new Set(),
    starts: createStartPace(),
    heldApps: createHeldApps(),
    copies: createCopies({ db, engine, disk, network, settings, log, runner: id }),
    lookAgainIn: (ms) => void setTimeout(() => truth.ring(), ms).unref(),
    runner: id,
  };
  const waker = createWaker(parts);
  const deps: ConvergeDeps = { ...parts, waker, wake: waker.wake };
  const findMain: TakenDeps['findMain'] = (siteId, waitSeconds) =>
    findMainAtRest(git, repositoryOf(settings.paths, siteId), waitSeconds);
  const taken = { ...deps, findMain };
  const upstreams = createFollower(deps);
  const domains = createDomainKeeper({
    ...{ db, settings, log, domains: parts.domains },
    dns: createDnsLookup(settings.dnsServers),
    authority: createAuthority({ db, settings }),
    secure: openMap(settings.paths.secureMap, MOVED),
    challenges: openMap(settings.paths.challengesMap, CHALLENGES),
    certificates: createCertificates({ socketPath, directory: settings.paths.certificates }),
  });
  const cgroups = { version: cgroupVersion(), root: '/sys/fs/cgroup', parent: cgroupParent(settings) };
  const kernel = createKernelLimits(cgroups);
  await engine.prepare();
  // Visitors wait for what a killed worker was at.
  await freeLeases(db, 'converge:', 'deploy');
  await freeLeases(db, 'site:', 'restore:deploy');
  await freeAllJobs(db);

  const names = new Set([id]);
  const stopBeating = keepBeating({ db, log }, names);
  const truth = repeat(log, 'reconciling', RECONCILE_MS, async () => {
    await freeJobs(db, DEAD_MS, names);
    await dropLeases(db);
    await reconcile(deps);
    await refill(deps);
    await sweepDeployments(taken, new Date());
    await upstreams.look();
  });
  const looking = repeat(log, 'looking at domains', DOMAINS_MS, domains.look);
  const ordering = repeat(log, 'ordering certificates', DOMAINS_MS, domains.order);
  const scales = createScales({ db, disk, log });
  const weighing = repeat(log, 'weighing checkpoints', WEIGH_MS, scales.look);
  const stopWatching = engine.watch(({ kind, siteId }) => {
    if (kind !== 'died' && kind !== 'removed') return;
    withdrawRoute(deps, siteId).catch((cause) => log.warn({ siteId, cause: String(cause) }, 'a route is late'));
    releaseAddress(deps, siteId).catch((cause) => log.warn({ siteId, cause: String(cause) }, 'an address is late'));
    truth.ring();
  });
  const stopListening = listen(databaseUrl, { network: () => truth.ring(), domains: () => looking.ring() }, log, () =>
    truth.ring(),
  );
  const events: WorkerEvents = new EventEmitter();
  // graphile-worker locks jobs in the name of the pool, not of the worker that runs them.
  events.on('pool:create', ({ workerPool }) => names.add(workerPool.id));
  const queue = await run({
    events,
    connectionString: databaseUrl,
    concurrency: JOBS_AT_A_TIME,
    noHandleSignals: true,
    logger: queueLogger(log),
    taskList: {
      converge: async (payload) => {
        await converge(deps, JOBS.converge.parse(payload).siteId);
        await refill(deps);
        await upstreams.look();
      },
      environment: async (payload) => {
        await applyEnvironment(deps, JOBS.environment.parse(payload).siteId).catch(unlessTold);
      },
      limits: async (payload) => applyLimits({ ...deps, kernel }, JOBS.limits.parse(payload).siteId),
      rollback: async (payload) => {
        await rollback(deps, { ...JOBS.rollback.parse(payload), onLine: () => {} }).catch(unlessTold);
      },
      redeploy: async (payload) => {
        const fail = (error: unknown) => log.error({ cause: String(error) }, 'a redeploy failed');
        const work = () => redeploy(deps, JOBS.redeploy.parse(payload)).catch(unlessTold);
        await keepPlace(work, BUILD_PLACE_MS, fail);
      },
      upstream: async () => upstreams.look(),
      // What keeps it from waking is among the site's events.
      wake: async (payload) => wakeForJob({ waker, log }, JOBS.wake.parse(payload).siteId),
    },
  });
  const hooks = await openHook(taken, settings.paths.hookSocket);
  const proxyGroup = (await findUser('haproxy'))?.gid ?? 0;
  const wakes = await serveWakes({ waker, log }, settings.paths.wakeSocket, proxyGroup);

  return async () => {
    await Promise.all([
      hooks.close(HOOK_GRACE_MS),
      wakes.close(WAKE_GRACE_MS),
      queue.stop(),
      truth.stop(),
      weighing.stop(),
      looking.stop(),
      ordering.stop(),
      upstreams.stop(),
    ]);
    stopWatching();
    await Promise.all([stopListening(), stopBeating()]);
    await db.$disconnect();
  };
});

/** What the user did wrong is in the deployment's row; trying again would not help. */
function unlessTold(error: unknown): void {
  if (!(error instanceof AppError)) throw error;
}

/** Git's hook runs as git's user: the socket and its directory are that group's. */
async function openHook(deps: HookServerDeps, socket: string) {
  const { gid } = deps.git.confinement.account;
  await mkdir(path.dirname(socket), { recursive: true, mode: 0o750 });
  await chown(path.dirname(socket), 0, gid);
  const hooks = await serveHook(deps, socket);
  await chown(socket, 0, gid);
  return hooks;
}

/** The queue's own words among ours; what it says of every job is left out. */
function queueLogger(log: Log): Logger {
  return new Logger(() => (level, message) => {
    if (level === 'error') log.error({}, message);
    if (level === 'warning') log.warn({}, message);
  });
}
