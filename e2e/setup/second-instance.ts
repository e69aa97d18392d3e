// The second instance, run by the commands a person types, and what may happen to it: every process killed, the machine
// gone. Looks at the host by itself, not with the product's own eyes.

import { readdir, readFile, readlink, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseSettings } from '#lib/env.ts';
import { PROJECT_DIR } from '#workers/host/runtime.ts';
import { expect, type Site } from './fixtures.ts';
import { must, type Ran, run } from './programs.ts';
import { SECOND_INSTANCE } from './test-instance.ts';

export const SECOND = parseSettings(SECOND_INSTANCE);
const { instance, dataDir, paths } = SECOND;
export const SECOND_URL = `http://localhost:${SECOND.httpPort}`;

export type Outcome = Ran & { seconds: number };

/** `npm run up`, `down` or `doctor` with the second instance's settings. */
export async function command(name: string, args: string[] = [], env: Record<string, string> = {}): Promise<Outcome> {
  const start = performance.now();
  const npm = ['run', '--silent', name, '--', ...args];
  const ran = await run('npm', npm, { cwd: PROJECT_DIR, env: { ...SECOND_INSTANCE, ...env }, timeoutMs: 170_000 });
  return { ...ran, seconds: (performance.now() - start) / 1000 };
}

/** Launches and waits until the site is live. */
export async function launchSecond(): Promise<Site> {
  const response = await fetch(`${SECOND_URL}/api/sites`, { method: 'POST' });
  if (!response.ok) throw new Error(`launch answered ${response.status}: ${await response.text()}`);
  const site = (await response.json()) as Site;
  const headers = { authorization: `Bearer ${site.token}` };
  const state = async () =>
    ((await (await fetch(`${SECOND_URL}/api/sites/${site.name}`, { headers })).json()) as { state: string }).state;
  await expect.poll(state, { timeout: 60_000, intervals: [100] }).toBe('live');
  return site;
}

export function docker(...args: string[]): Promise<string> {
  return must('docker', ['-H', `unix://${paths.engineSocket}`, ...args]);
}

/** The process of a service, or null while it has none. */
export async function pidOf(service: string): Promise<number | null> {
  const { stdout } = await run('s6-svstat', ['-o', 'pid', path.join(dataDir, 'service', service)]);
  return Number(stdout) > 0 ? Number(stdout) : null;
}

/** Everything of the instance that the host has, in a word each. Empty after `down`. */
export async function whatIsLeft(): Promise<string[]> {
  const links = (await must('ip', ['-o', 'link'])).match(
    new RegExp(`\\b(lk-${instance}|\\S+ .* master lk-${instance})\\b`),
  );
  const tables = (await must('nft', ['list', 'tables'])).includes(`lightkeeper_${instance}\n`);
  const loops = (await must('losetup', ['--all'])).includes(`${dataDir}/`);
  const ports = await must('ss', [
    '-Hltn',
    `sport = :${SECOND.httpPort} or sport = :${SECOND.sshGatewayPort} or sport = :${SECOND.webPort}`,
  ]);
  return [
    ...[...(await processes()).values()],
    ...(await mounts()).map((place) => `mount ${place}`),
    ...(await cgroups()).map((place) => `cgroup ${place}`),
    ...(links ? [`link ${links[0]}`] : []),
    ...(tables ? ['nftables'] : []),
    ...(loops ? ['loop device'] : []),
    ...(ports.trim() ? [`port ${ports}`] : []),
  ];
}

/** Supervisors, services, shims and the tenants' own: nobody gets to say goodbye. */
export async function killEverything(): Promise<number> {
  const killed = new Set<number>();
  for (let round = 0; round < 20; round += 1) {
    const found = [...(await processes())];
    if (found.length === 0) return killed.size;
    // Who would start the others again goes first.
    const supervisorsFirst = found.sort(([, a], [, b]) => Number(!a.startsWith('s6-')) - Number(!b.startsWith('s6-')));
    for (const [pid] of supervisorsFirst) {
      killed.add(pid);
      killIfThere(pid);
    }
    await sleep(100);
  }
  throw new Error(`still there: ${[...(await processes()).values()].join(', ')}`);
}

/** What a reboot leaves: the disk. Nothing runs, nothing is mounted, no network, no firewall, no sockets. */
export async function reboot(): Promise<void> {
  await killEverything();
  for (const place of (await mounts()).reverse()) await run('umount', ['--lazy', place]);
  await run('ip', ['link', 'delete', 'dev', `lk-${instance}`]);
  await run('nft', ['delete', 'table', 'inet', `lightkeeper_${instance}`]);
  for (const place of await cgroups()) await rmdir(place).catch(() => {}); // Its last process is ending.
  await rm(`/run/lightkeeper/${instance}.home`, { force: true });
  for (const name of await readdir(paths.run)) await rm(path.join(paths.run, name), { recursive: true, force: true });
}

/** By mark, words, working directory or cgroup: pid to what it is. */
async function processes(): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    const [environment, words, name] = await Promise.all(
      ['environ', 'cmdline', 'comm'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
    );
    const workingDir = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    const isOurs =
      environment?.includes(`LIGHTKEEPER_SERVICE=${dataDir}:`) ||
      words?.includes(`${dataDir}/`) ||
      words?.includes(`lightkeeper-${instance}`) ||
      workingDir.startsWith(`${dataDir}/`);
    if (isOurs) found.set(Number(pid), `${name?.trim()} ${pid}`);
  }
  for (const place of await cgroups()) {
    const text = await readFile(path.join(place, 'cgroup.procs'), 'utf8').catch(() => '');
    for (const pid of text.split('\n').filter(Boolean)) found.set(Number(pid), `tenant's ${pid}`);
  }
  return found;
}

async function mounts(): Promise<string[]> {
  const table = await readFile('/proc/self/mountinfo', 'utf8');
  return table
    .split('\n')
    .flatMap((line) => (line.split(' ')[4]?.startsWith(`${dataDir}/`) ? [line.split(' ')[4] ?? ''] : []));
}

/** Children first. */
async function cgroups(): Promise<string[]> {
  const text = await must('find', ['/sys/fs/cgroup', '-depth', '-type', 'd', '-path', `*/lightkeeper-${instance}*`]);
  return text.split('\n').filter(Boolean);
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
