// What everything in this folder needs, built once by each process that serves git or reads repositories.

import { spawn } from 'node:child_process';
import type { Settings } from '../env.ts';
import { AppError } from '../errors/app-error.ts';
import type { Log } from '../log.ts';
import { GIT_USER, requireAccount } from './account.ts';
import { ensureCgroup } from './cgroup.ts';
import { type Confinement, planConfined } from './confine.ts';
import { createSlots, type Slots } from './slots.ts';

export interface GitBounds {
  idleMs: number;
  pushMs: number;
  fetchMs: number;
  /** Of a reading that a deployment waits for. */
  readMs: number;
  hookMs: number;
  lockWaitSeconds: number;
}

export interface GitDeps {
  confinement: Confinement;
  bounds: GitBounds;
  pushes: Slots;
  fetches: Slots;
  /** The deploy worker's socket, given to the hook. */
  hookSocket: string;
  log: Log;
}

const MEGABYTE = 1024 ** 2;
const GROUP_BOUNDS = { memoryBytesMax: 512 * MEGABYTE, pidsMax: 256 };
const ADDRESS_SPACE_BYTES_MAX = 384 * MEGABYTE;
const SLOT_WAIT_MS = 30_000;

/**
 * Makes the cgroup, finds the user and the hook. Throws `setup-failed` when the machine is not set up: a hook that git
 * cannot run would let pushes through without a deployment.
 */
export async function openGit(
  settings: Pick<Settings, 'instance' | 'buildMinutes' | 'paths'>,
  log: Log,
): Promise<GitDeps> {
  const confinement: Confinement = {
    account: await requireAccount(GIT_USER),
    groups: await findGroups(settings.instance, log),
    hooksDir: `${settings.paths.runtime}/git-hooks`,
    addressSpaceBytesMax: ADDRESS_SPACE_BYTES_MAX,
    cpuSecondsMax: 300,
  };
  await requireHook(confinement);
  return {
    confinement,
    bounds: {
      idleMs: 60_000,
      pushMs: 5 * 60_000,
      fetchMs: 15 * 60_000,
      readMs: 10_000,
      // A build, then start, check and switch.
      hookMs: settings.buildMinutes * 60_000 + 3 * 60_000,
      lockWaitSeconds: 30,
    },
    pushes: createSlots({ total: 4, perKey: 2, waitMs: SLOT_WAIT_MS, waitersMax: 50 }),
    fetches: createSlots({ total: 8, perKey: 4, waitMs: SLOT_WAIT_MS, waitersMax: 50 }),
    hookSocket: settings.paths.hookSocket,
    log,
  };
}

async function findGroups(instance: string, log: Log): Promise<string[]> {
  try {
    return await ensureCgroup(`lightkeeper-${instance}-git`, GROUP_BOUNDS);
  } catch (cause) {
    log.warn({ cause: String(cause) }, 'git runs without a cgroup: only rlimits bound one process at a time');
    return [];
  }
}

async function requireHook(confinement: Confinement): Promise<void> {
  const hook = `${confinement.hooksDir}/pre-receive`;
  const plan = planConfined(confinement, ['test', '-x', hook]);
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  spawn(plan.file, plan.args, { env: plan.env, stdio: 'ignore', timeout: 10_000 })
    .once('error', reject)
    .once('close', resolve);
  if ((await promise) === 0) return;
  throw new AppError('setup-failed', {
    message: `The user ${GIT_USER} cannot run the hook ${hook}.`,
    hint: 'Run `npm run up`, which puts it in place, and see that every directory above it may be entered by all.',
  });
}
