// How a git process starts on the host: as a user that owns nothing but repositories, in a cgroup of its own, with
// rlimits, no capability, an environment that is written out, and a configuration that no file can change. A repository
// holds what a tenant sent; nothing in it may choose what runs here.

import path from 'node:path';
import { invariant } from '../errors/app-error.ts';
import type { Account } from './account.ts';

export interface Confinement {
  account: Account;
  /** Directories of the cgroups to join. */
  groups: string[];
  /** Owned by root: the only place git looks for hooks. */
  hooksDir: string;
  /** Address space of one process. Past it git says "out of memory" by itself, before the cgroup has to kill. */
  addressSpaceBytesMax: number;
  cpuSecondsMax: number;
}

/** Where objects of a push are before git has taken them (git-receive-pack, "Quarantine Environment"). */
export interface Quarantine {
  GIT_OBJECT_DIRECTORY: string;
  GIT_ALTERNATE_OBJECT_DIRECTORIES: string;
  GIT_QUARANTINE_PATH: string;
}

export interface GitRun {
  args: string[];
  repository: string;
  /** Holds the repository's lock for as long as a process of this run lives; exit code LOCK_TAKEN after the wait. */
  lock?: { waitSeconds: number };
  quarantine?: Quarantine | undefined;
  /** No file that it writes may be larger (setrlimit(2), RLIMIT_FSIZE): a fetched pack is one file. */
  fileBytesMax?: number;
  env?: Record<string, string>;
  config?: Record<string, string>;
}

export interface SpawnPlan {
  file: string;
  args: string[];
  env: NodeJS.ProcessEnv;
}

export const LOCK_TAKEN = 75;

/**
 * Arguments: cgroup directories, address space in KB, CPU seconds, directory to lock or empty, seconds to wait for it,
 * then the command. Descriptor 9 carries the lock to every child (flock(2)); 3 tells the caller how far things are.
 */
const ENTER = `
for group in $1; do echo 0 >"$group/cgroup.procs" || exit 71; done
ulimit -c 0 && ulimit -v "$2" && ulimit -t "$3" && ulimit -n 512 || exit 71
if [ -n "$4" ]; then
  exec 9<"$4" && flock -w "$5" -E ${LOCK_TAKEN} 9 || exit ${LOCK_TAKEN}
  echo locked >&3
fi
shift 5
exec "$@"`;

/** Everything a process gets; nothing is inherited. */
const BASE_ENVIRONMENT = {
  PATH: '/usr/bin:/bin',
  HOME: '/nonexistent',
  LC_ALL: 'C.UTF-8',
} as unknown as NodeJS.ProcessEnv;

const CONFIG: Record<string, string> = {
  'safe.bareRepository': 'explicit',
  'protocol.allow': 'never',
  'core.fsmonitor': 'false',
  'core.packedGitLimit': '128m',
  'core.packedGitWindowSize': '16m',
  'core.deltaBaseCacheLimit': '32m',
  'core.bigFileThreshold': '16m',
  'pack.threads': '1',
  'pack.windowMemory': '64m',
  'pack.deltaCacheSize': '32m',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'receive.autogc': 'false',
  'receive.fsckObjects': 'true',
  'receive.unpackLimit': '100',
  'receive.advertisePushOptions': 'false',
  'receive.denyDeleteCurrent': 'true',
  'receive.denyNonFastForwards': 'false',
  'transfer.hideRefs': 'refs/lightkeeper',
  'uploadpack.allowFilter': 'false',
  'tar.umask': '0022',
};

/** The whole command line and environment of a confined git process. */
export function planGit(confinement: Confinement, run: GitRun): SpawnPlan {
  invariant(run.repository.startsWith('/'), 'a repository is named by its absolute path');
  const config = { ...CONFIG, 'core.hooksPath': confinement.hooksDir, ...run.config };
  const bounded = run.fileBytesMax === undefined ? [] : ['prlimit', `--fsize=${Math.floor(run.fileBytesMax)}`, '--'];
  const plan = planConfined(
    confinement,
    [...bounded, 'git', ...run.args],
    run.lock && { path: run.repository, ...run.lock },
  );
  return { ...plan, env: { ...plan.env, ...configEnvironment(config), ...run.quarantine, ...run.env } };
}

/** The same bounds and user for another program than git. */
export function planConfined(
  confinement: Confinement,
  command: string[],
  lock?: { path: string; waitSeconds: number },
): SpawnPlan {
  const { uid, gid } = confinement.account;
  invariant(uid > 0 && gid > 0, 'git never runs as root');
  const dropPrivileges = [
    ...['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--no-new-privs'],
    ...['--inh-caps=-all', '--bounding-set=-all', '--'],
  ];
  return {
    file: '/bin/sh',
    args: [...planEntry(confinement, lock), ...dropPrivileges, ...command],
    env: BASE_ENVIRONMENT,
  };
}

/** Joins the cgroups and takes the rlimits and the lock, as the user that it is started by. */
export function planEntry(
  confinement: Pick<Confinement, 'groups' | 'addressSpaceBytesMax' | 'cpuSecondsMax'>,
  lock?: { path: string; waitSeconds: number },
): string[] {
  const { groups, addressSpaceBytesMax, cpuSecondsMax } = confinement;
  const amount = (value: number) => (Number.isFinite(value) ? String(Math.floor(value)) : 'unlimited');
  return [
    ...['-c', ENTER, 'sh', groups.join(' '), amount(addressSpaceBytesMax / 1024), amount(cpuSecondsMax)],
    ...[lock?.path ?? '', String(lock?.waitSeconds ?? 0)],
  ];
}

/** git-config(1), GIT_CONFIG_COUNT: stronger than every configuration file, the repository's own included. */
function configEnvironment(config: Record<string, string>): Record<string, string> {
  const pairs = Object.entries(config);
  const env: Record<string, string> = {
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_COUNT: String(pairs.length),
  };
  for (const [index, [key, value]] of pairs.entries()) {
    env[`GIT_CONFIG_KEY_${index}`] = key;
    env[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return env;
}

/** Checks what a hook sent before it becomes an environment: the quarantine must lie in this very repository. */
export function parseQuarantine(repository: string, from: unknown): Quarantine | null {
  if (typeof from !== 'object' || from === null) return null;
  const sent = from as Partial<Record<keyof Quarantine, unknown>>;
  const [objects, alternates, quarantine] = [
    normalize(sent.GIT_OBJECT_DIRECTORY),
    normalize(sent.GIT_ALTERNATE_OBJECT_DIRECTORIES),
    normalize(sent.GIT_QUARANTINE_PATH),
  ];
  const parent = path.join(repository, 'objects');
  if (objects === null || objects !== quarantine || alternates !== parent) return null;
  if (path.dirname(objects) !== parent || !QUARANTINE_NAME.test(path.basename(objects))) return null;
  return { GIT_OBJECT_DIRECTORY: objects, GIT_ALTERNATE_OBJECT_DIRECTORIES: parent, GIT_QUARANTINE_PATH: objects };
}

/** Git writes `/repository/./objects`. */
function normalize(value: unknown): string | null {
  return typeof value === 'string' && value.startsWith('/') ? path.normalize(value) : null;
}

/** How git names the directory of objects that it has not taken yet, old and new. */
export const QUARANTINE_NAME = /^(?:tmp_objdir-)?incoming-[A-Za-z0-9]+$/;
