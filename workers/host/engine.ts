// What the product's own dockerd needs from the host before it starts: bridge, sub-ids, configuration file, and no traces
// of a dockerd that was killed. Every step may run twice. Starting and watching the process is the supervisor's job.

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { Settings } from '#lib/env.ts';
import { AppError } from '#lib/errors/app-error.ts';
import { type EnginePlan, freeSubIdStart, overlaps, parseSubIds, planEngine, REMAP_USER } from './engine-config.ts';
import { ifMissing, runCommand } from './run-command.ts';

const COMMAND_TIMEOUT_MS = 20_000;
const SUB_IDS = 65_536;

/**
 * Everything before dockerd's start, in order. Answers the arguments that run it in the foreground. Throws
 * `setup-failed` when the subnet is taken.
 */
export async function prepareEngineHost(settings: Settings): Promise<string[]> {
  await ensureRemapUser();
  await ensureBridge(settings);
  return writeEngineConfig(settings);
}

/**
 * Makes the user whose sub-ids containers are mapped to, with the same range for users and groups, and answers where the
 * range starts. A range that is there is kept.
 */
export async function ensureRemapUser(): Promise<number> {
  if ((await run('getent', ['passwd', REMAP_USER], [2])).trim() === '') {
    const shell = '/usr/sbin/nologin';
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', shell, REMAP_USER], [9]);
  }
  const files = await Promise.all(['/etc/subuid', '/etc/subgid'].map(readText));
  const [uids, gids] = files.map((text) => parseSubIds(text).find(({ name }) => name === REMAP_USER));
  if (uids && gids) return uids.start;
  const start = uids?.start ?? gids?.start ?? freeSubIdStart(files);
  const range = `${start}-${start + SUB_IDS - 1}`;
  if (!uids) await run('usermod', ['--add-subuids', range, REMAP_USER]);
  if (!gids) await run('usermod', ['--add-subgids', range, REMAP_USER]);
  return start;
}

/** The instance's bridge: up, with the subnet's first address, IPv4 only. */
export async function ensureBridge(settings: Settings): Promise<void> {
  const plan = await planHere(settings);
  await requireFreeSubnet(settings, plan.bridge);
  const present = (await run('ip', ['-o', 'link', 'show', 'dev', plan.bridge], [1])) !== '';
  if (!present) await run('ip', ['link', 'add', 'name', plan.bridge, 'type', 'bridge'], [2]);
  await writeFile(`/proc/sys/net/ipv6/conf/${plan.bridge}/disable_ipv6`, '1').catch(ignoreAbsent);
  await run('ip', ['-4', 'address', 'replace', plan.bridgeAddress, 'dev', plan.bridge]);
  await keepHardwareAddress(plan.bridge);
  await run('ip', ['link', 'set', 'dev', plan.bridge, 'mtu', String(plan.mtu), 'up']);
}

/**
 * Left to itself a bridge takes the lowest hardware address of its members (br_stp_recalculate_bridge_id in the kernel), so
 * it changes as containers come and go, and the others send to the old one for seconds. One that was set, be it the
 * same, stays.
 */
async function keepHardwareAddress(bridge: string): Promise<void> {
  const address = (await readText(`/sys/class/net/${bridge}/address`)).trim();
  await run('ip', ['link', 'set', 'dev', bridge, 'address', address]);
}

/** Absent is no error. */
export async function removeBridge(settings: Settings): Promise<void> {
  await run('ip', ['link', 'delete', 'dev', `lk-${settings.instance}`], [1]).catch(ifMissing(''));
}

/**
 * Writes dockerd's configuration, clears what a killed dockerd or a power loss left, and answers the arguments that run
 * dockerd in the foreground. To be called before each start, while no dockerd of this instance runs.
 */
export async function writeEngineConfig(settings: Settings): Promise<string[]> {
  const plan = await planHere(settings);
  // The mapped root enters through these directories, so they may be passed (not listed) by others.
  await mkdir(settings.dataDir, { recursive: true, mode: 0o711 });
  await mkdir(settings.paths.run, { recursive: true, mode: 0o711 });
  await mkdir(plan.dataRoot, { recursive: true, mode: 0o711 });
  await clearStaleState(plan);
  await writeFile(plan.configFile, `${JSON.stringify(plan.config, null, 2)}\n`, { mode: 0o600 });
  return plan.argv;
}

/** The arguments and the configuration, for whoever only compares them. */
export async function engineCommand(settings: Settings): Promise<{ argv: string[]; config: unknown }> {
  const { argv, config } = await planHere(settings);
  return { argv, config };
}

/**
 * A pid file whose number another process has by now keeps dockerd (and its containerd) from starting. After a reboot
 * the runtime state (shims, network namespaces) describes nothing that still exists, and goes as a whole: the run
 * directory lies on a disk, where nothing else empties it.
 */
async function clearStaleState(plan: EnginePlan): Promise<void> {
  const bootFile = `${plan.execRoot}/boot-id`;
  const boot = (await readText('/proc/sys/kernel/random/boot_id')).trim();
  if ((await readText(bootFile)).trim() !== boot) await removeTree(plan.execRoot);
  await clearPidFile(plan.pidFile, ['dockerd', plan.configFile]);
  await clearPidFile(`${plan.execRoot}/containerd/containerd.pid`, ['containerd', `${plan.execRoot}/containerd/`]);
  await mkdir(plan.execRoot, { recursive: true, mode: 0o711 });
  await writeFile(bootFile, `${boot}\n`);
}

/** With whatever is still mounted in it, innermost first. */
async function removeTree(directory: string): Promise<void> {
  const targets = (await readText('/proc/self/mounts')).split('\n').map((line) => line.split(' ')[1] ?? '');
  const inside = targets.filter((target) => target.startsWith(`${directory}/`)).reverse();
  for (const target of inside) await run('umount', ['--lazy', target]);
  await rm(directory, { recursive: true, force: true });
}

/** Unless its process has all these words in its command: a number of another instance's engine is stale too. */
async function clearPidFile(file: string, words: string[]): Promise<void> {
  const pid = Number((await readText(file)).trim());
  if (!Number.isInteger(pid) || pid <= 0) return;
  const command = await readText(`/proc/${pid}/cmdline`);
  if (!words.every((word) => command.includes(word))) await rm(file, { force: true });
}

/** Throws `setup-failed` when another network of this machine has the subnet. */
export async function requireFreeSubnet(settings: Settings, bridge = `lk-${settings.instance}`): Promise<void> {
  for (const line of (await run('ip', ['-o', '-4', 'address', 'show'])).split('\n')) {
    const [, device, address] = /^\d+:\s+(\S+)\s+inet (\S+)/.exec(line) ?? [];
    if (!device || !address || device === bridge || !overlaps(settings.subnet, address)) continue;
    throw new AppError('setup-failed', {
      message: `The network ${settings.subnet} for the sites is already used by ${device} (${address}).`,
      hint: 'Set LIGHTKEEPER_SUBNET to a private network that this machine does not use, such as 10.214.0.0/20.',
    });
  }
}

async function planHere(settings: Settings): Promise<EnginePlan> {
  return planEngine(settings, { mtu: await defaultRouteMtu() });
}

/** 1500 on a machine without a default route. */
async function defaultRouteMtu(): Promise<number> {
  const device = /\bdev (\S+)/.exec(await run('ip', ['-4', 'route', 'show', 'default']))?.[1];
  return (device && Number(await readText(`/sys/class/net/${device}/mtu`))) || 1500;
}

/** Standard output; an exit code in `allow` is an answer too. */
async function run(file: string, args: string[], allow: number[] = []): Promise<string> {
  return (await runCommand(file, args, { allow, timeoutMs: COMMAND_TIMEOUT_MS })).stdout;
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => ignoreAbsent(error) ?? '');
}

function ignoreAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
