// Kernel counters that all sites, and the host itself, take from: one site must not be able to use them up. Most cost the
// taker memory, which its own limit ends; so the common ceiling is put where only all memory of the machine would reach.
// Values are raised and never lowered, and hold until the machine is started anew.

import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** See proc_sys_fs(5), proc_sys_kernel(5), keyrings(7), and the kernel's admin-guide/sysctl and networking/nf_conntrack-sysctl. */
export const FLOORS: Record<string, number> = {
  'fs.aio-max-nr': 1 << 26,
  'fs.epoll.max_user_watches': 1 << 28,
  'fs.file-max': 1 << 24,
  // Counted by user, and root in every site is the same one to the host, which in turn shares its own with them.
  'fs.inotify.max_user_instances': 1 << 20,
  'fs.inotify.max_user_watches': 1 << 24,
  'fs.pipe-user-pages-soft': 1 << 24,
  // Each container, and each command that is run in one, has a session keyring, counted by user as well (keyrings(7)): with the
  // kernel's 200 no further site starts, and nobody enters one that runs. Sites make no keys themselves: the call is filtered.
  'kernel.keys.maxkeys': 1 << 20,
  'kernel.keys.maxbytes': 1 << 27,
  'kernel.pid_max': 1 << 22,
  // The most the kernel takes. It keeps 1024 of them (kernel.pty.reserve) for the host's own terminals.
  'kernel.pty.max': 1 << 20,
  // A thousand sites, each with as many connections as the firewall lets it have.
  'net.netfilter.nf_conntrack_max': 1 << 20,
};

/** For which 0 means that there is no ceiling. */
const UNLIMITED_AT_ZERO = new Set(['fs.pipe-user-pages-soft']);

/** Those that are below their floor, by name. `null`: this kernel does not have it. Pure. */
export function planSysctls(present: Record<string, number | null>): Map<string, number> {
  const low = Object.entries(FLOORS).filter(([name, floor]) => {
    const value = present[name] ?? null;
    return value !== null && value < floor && !(value === 0 && UNLIMITED_AT_ZERO.has(name));
  });
  return new Map(low);
}

/** Raises what is too low. Answers the names of those that this machine does not let us raise. Safe to repeat. */
export async function ensureSysctls(): Promise<string[]> {
  const refused: string[] = [];
  for (const [name, floor] of planSysctls(await readSysctls())) {
    await writeFile(fileOf(name), String(floor)).catch(() => refused.push(name)); // Told by whoever called, and by doctor.
  }
  return refused;
}

/** The names of those that are too low. */
export async function lowSysctls(): Promise<string[]> {
  return [...planSysctls(await readSysctls()).keys()];
}

async function readSysctls(): Promise<Record<string, number | null>> {
  const names = Object.keys(FLOORS);
  const values = await Promise.all(
    names.map((name) =>
      readFile(fileOf(name), 'utf8').then(
        (text) => Number(text),
        () => null, // Not in this kernel, or not before its module is loaded.
      ),
    ),
  );
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? null]));
}

function fileOf(name: string): string {
  return path.join('/proc/sys', ...name.split('.'));
}
