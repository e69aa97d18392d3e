// The keeper: reads what every site uses, a few files each and one call for all disks, judges it, and
// collects the garbage of repositories. It enforces nothing: the kernel does, and hears from here who is to wait.

import { sweepAccounts } from '#lib/accounts/delete.ts';
import { pruneSessions } from '#lib/accounts/sessions.ts';
import { forgetAnswers } from '#lib/answers/kept-answers.ts';
import { openDb } from '#lib/db/client.ts';
import { notify } from '#lib/db/notify.ts';
import { requireDatabaseUrl, requireSecret } from '#lib/env.ts';
import { openGit } from '#lib/git/deps.ts';
import { cgroupVersion } from '#lib/usage/cgroup.ts';
import { openCpuGroups } from '#lib/usage/cpu-groups.ts';
import { createKernelLimits } from '#lib/usage/kernel-limits.ts';
import { keepHistory, type RollUpState } from '#lib/usage/roll-up.ts';
import { ensureFirewall, hasFirewall } from './host/firewall.ts';
import { ALERT_MS, createAlerts } from './keeper/alerts.ts';
import { createBehind, readHostCpu } from './keeper/behind.ts';
import { createCollector } from './keeper/collector.ts';
import { correctDrift } from './keeper/drift.ts';
import { startJudging } from './keeper/judge.ts';
import { NODE, openReadingLoop, READ_MS } from './keeper/reading-loop.ts';
import { cgroupParent, openDisks, openEngine } from './machine.ts';
import { repeat, runWorker } from './process.ts';

const HISTORY_MS = 60_000;
const FORGET_MS = 60_000;
const SWEEP_MS = 3_000;
/** Somebody's `nft flush ruleset` takes our table too. */
const GUARD_MS = 5_000;
const COLLECT_MS = 5 * 60_000;
const DRIFT_MS = 10_000;
const BEHIND_MS = 500;

await runWorker('keeper', async ({ settings, log }) => {
  const db = openDb(requireDatabaseUrl(settings), 3);
  const secret = requireSecret(settings);
  const engine = openEngine(settings, log);
  const disk = openDisks(settings, log);
  const git = await openGit(settings, log);

  const judging = startJudging({ db, log, now: () => new Date() });
  const cgroups = { version: cgroupVersion(), root: '/sys/fs/cgroup', parent: cgroupParent(settings), proc: '/proc' };
  const reading = await openReadingLoop({ db, engine, disk, settings, cgroups, log }, [
    { title: 'judging', take: judging.take },
  ]);
  let history: RollUpState = { minutes: null, hours: null };
  const roll = async () => {
    history = await keepHistory(db, NODE, history, Date.now());
  };

  const forget = async () => {
    await db.$executeRaw`delete from "Launch" where at < now() - interval '1 hour'`;
    await pruneSessions(db);
    await forgetAnswers(db);
  };

  const guard = async () => {
    if (await hasFirewall(settings)) return;
    log.warn({}, 'the firewall has gone; putting it back');
    await ensureFirewall(settings);
    await notify(db, 'network'); // The deploy worker gives the sites their limits again.
  };

  const kernel = createKernelLimits(cgroups);
  const drift = async () => void (await correctDrift({ db, disk, kernel, log }));

  const behind = createBehind({
    groups: openCpuGroups(cgroups),
    readHost: readHostCpu,
    nowMs: () => performance.now(),
  });

  const loops = [
    repeat(log, 'looking who takes the processors', BEHIND_MS, async () => behind.look()),
    repeat(log, 'guarding the firewall', GUARD_MS, guard),
    repeat(log, 'reading usage', READ_MS, reading.read),
    repeat(log, 'keeping history', HISTORY_MS, roll),
    repeat(log, 'forgetting launches, sessions and answers', FORGET_MS, forget),
    repeat(log, 'ending accounts', SWEEP_MS, async () => void (await sweepAccounts({ db, secret }))),
    repeat(log, 'sending alerts', ALERT_MS, createAlerts({ db, settings, log })),
    repeat(log, 'looking for drift', DRIFT_MS, drift),
    repeat(log, 'collecting garbage', COLLECT_MS, createCollector({ db, git, paths: settings.paths, now: Date.now })),
  ];
  return async () => {
    await Promise.all(loops.map((loop) => loop.stop()));
    behind.end();
    await reading.close();
    judging.stop();
    await db.$disconnect();
  };
});
