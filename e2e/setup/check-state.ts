// Whether an instance is what its rows say: the product's own comparison, and beside it what only a test may look at, such
// as the processes and repositories of sites. An empty list means converged.

import { readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '#lib/env.ts';
import { QUARANTINE_NAME } from '#lib/git/confine.ts';
import { createLog } from '#lib/log.ts';
import { writeDifference } from '#lib/state/difference.ts';
import { cgroupVersion } from '#lib/usage/cgroup.ts';
import { compareState } from '#workers/host/compare-state.ts';
import { openEngine } from '#workers/machine.ts';
import { query } from './database.ts';
import { get } from './fixtures.ts';
import { SETTINGS } from './host-state.ts';

const CONVERGE_MS_MAX = 30_000;
const LOOK_MS = 200;
const LOG = createLog('check');

interface LiveSite {
  id: string;
  name: string;
  port: number;
  number: number;
  instanceId: string;
}

/** Everything that differs at this moment, in words. */
export async function findDifferences(settings: Settings = SETTINGS): Promise<string[]> {
  const compared = await compareState(settings).then(
    (differences) => differences.map(writeDifference),
    (error) => [`cannot be compared: ${String(error)}`],
  );
  if (compared.length > 0) return compared;
  const containers = new Map((await openEngine(settings, LOG).list()).map((state) => [state.siteId, state.instanceId]));
  const sites = await liveSites(settings, containers);
  const each = await Promise.all(
    sites.map(async (site) => [...(await wrongAnswers(settings, site)), ...(await wrongProcesses(settings, site))]),
  );
  return [...each.flat(), ...(await leftOver(settings, sites, new Set(containers.values())))];
}

/**
 * Waits until nothing differs; answers how many seconds that took. Throws with what still differs after half a minute.
 * `since`: when the fault was over.
 */
export async function untilConverged(
  settings: Settings = SETTINGS,
  { since = performance.now(), msMax = CONVERGE_MS_MAX } = {},
): Promise<number> {
  for (;;) {
    const at = performance.now();
    const differences = await findDifferences(settings);
    if (differences.length === 0) return (at - since) / 1000;
    if (at - since > msMax) throw new Error(`not converged after ${msMax / 1000} s:\n${differences.join('\n')}`);
    await sleep(LOOK_MS);
  }
}

/** Those that are awake and whose container runs. */
async function liveSites(settings: Settings, containers: Map<string, string>): Promise<LiveSite[]> {
  const rows = await query<Omit<LiveSite, 'instanceId'> & { address: string }>(
    `select s.id, s.name, s."livePort" as port, d.number from "Site" s join "Deployment" d on d.id = s."liveDeploymentId"
     where s.state = 'live' and s.rest = 'awake' and s."heldBy" is null`,
    [],
    settings,
  );
  return rows.flatMap((row) => {
    const instanceId = containers.get(row.id);
    return instanceId ? [{ ...row, instanceId }] : [];
  });
}

/** A site answers at its address, whatever it answers: the proxy's own pages are not it. */
async function wrongAnswers({ httpPort, sitesDomain }: Settings, { name }: LiveSite): Promise<string[]> {
  const answer = await get(`http://${name}.${sitesDomain}:${httpPort}/`).catch((error) => ({
    status: 0,
    body: String(error),
  }));
  return answer.status === 200 ? [] : [`address of ${name}: it answers ${answer.status} ${answer.body.slice(0, 60)}`];
}

/** Of all releases the live one runs, and is the one that starts with the container; no command from outside is left. */
async function wrongProcesses(settings: Settings, { name, port, number, instanceId }: LiveSite): Promise<string[]> {
  const processes = await Promise.all((await pidsOf(settings, instanceId)).map(readProcess));
  const present = processes.filter((one) => one !== null);
  const first = present.find(({ innerPid }) => innerPid === 1);
  if (!first) return [`container of ${name}: it has no first process`];
  const running = new Set(present.flatMap(({ release }) => release ?? []));
  const current = await readlink(`/proc/${first.pid}/root/app/current`).catch(String);
  const own = new Set(present.map(({ pid }) => pid));
  const left = present.filter(({ pid, parent, innerPid }) => innerPid !== 1 && !own.has(parent) && pid !== first.pid);
  return [
    ...(running.size === 1 && running.has(number)
      ? []
      : [`release of ${name}: ${[...running]} runs instead of ${number}`]),
    ...(current === `releases/${number}` ? [] : [`release of ${name}: ${current} would start, and ${number} is live`]),
    ...((await listens(first.pid, port)) ? [] : [`release of ${name}: nobody listens on ${port}`]),
    ...left.map(({ words }) => `command in ${name}: ${words}`),
  ];
}

/** As the host has them. */
async function pidsOf({ instance }: Settings, instanceId: string): Promise<number[]> {
  const controller = cgroupVersion() === 1 ? 'pids' : '';
  const file = path.join('/sys/fs/cgroup', controller, `lightkeeper-${instance}`, instanceId, 'cgroup.procs');
  return (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean).map(Number);
}

interface Process {
  pid: number;
  parent: number;
  /** As the container knows it. */
  innerPid: number;
  /** In whose folder it works. */
  release: number | null;
  words: string;
}

async function readProcess(pid: number): Promise<Process | null> {
  try {
    const [status, words, cwd] = await Promise.all([
      readFile(`/proc/${pid}/status`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
      readlink(`/proc/${pid}/cwd`),
    ]);
    if (/^State:\tZ/m.test(status)) return null;
    const release = /^\/app\/releases\/(\d+)/.exec(cwd)?.[1];
    return {
      pid,
      parent: Number(/^PPid:\t(\d+)/m.exec(status)?.[1]),
      innerPid: Number(/^NSpid:.*\t(\d+)$/m.exec(status)?.[1]),
      release: release === undefined ? null : Number(release),
      words: words.replaceAll('\0', ' ').trim(),
    };
  } catch {
    return null; // It has ended.
  }
}

/** proc_pid_net(5): the state 0A is listening. */
async function listens(pid: number, port: number): Promise<boolean> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/${pid}/net/${name}`, 'utf8').catch(() => '')),
  );
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return tables
    .join('')
    .split('\n')
    .some((line) => {
      const [, local = '', , state] = line.trim().split(/\s+/);
      return local.endsWith(suffix) && state === '0A';
    });
}

/** What interrupted work leaves, and no row or container tells of. */
async function leftOver({ paths, instance }: Settings, sites: LiveSite[], known: Set<string>): Promise<string[]> {
  const names = (directory: string) => readdir(directory).catch(() => [] as string[]);
  const repositories = await Promise.all(
    sites.map(async ({ id, name }) => {
      const objects = path.join(paths.pool, 'sites', id, 'git/objects');
      const left = [
        ...(await names(objects)).filter((entry) => QUARANTINE_NAME.test(entry)),
        ...(await names(`${objects}/pack`)).filter((entry) => entry.startsWith('tmp_')),
      ];
      return left.map((entry) => `repository of ${name}: ${entry} is left`);
    }),
  );
  const groups = await Promise.all(
    ['', 'memory', 'pids', 'cpu'].map((controller) =>
      names(path.join('/sys/fs/cgroup', controller, `lightkeeper-${instance}`)),
    ),
  );
  const left = new Set(groups.flat().filter((id) => /^[0-9a-f]{64}$/.test(id) && !known.has(id)));
  return [
    ...repositories.flat(),
    ...[...left].map((id) => `cgroup of ${id.slice(0, 12)}: its container does not exist`),
    ...(await names(`${paths.pool}/staging`)).map((entry) => `disk in the making: ${entry} is left`),
    ...(await names(paths.sshSessions)).map((entry) => `SSH session of ${entry}: it is noted and not open`),
  ];
}
