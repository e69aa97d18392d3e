// Every mount below the data directory, whatever made it: after a crash nobody remembers them but the kernel.

import { readFile } from 'node:fs/promises';
import type { Settings } from '#lib/env.ts';
import { runCommand } from './run-command.ts';

/** Unmounts all that lies below the data directory, but for the pool itself, innermost first. */
export async function releaseMounts(settings: Settings): Promise<void> {
  const table = await readFile('/proc/self/mountinfo', 'utf8');
  for (const place of mountsBelow(table, settings.dataDir)) {
    if (place === settings.paths.pool) continue;
    await runCommand('umount', ['--lazy', '--', place], { allow: [1, 32] });
  }
}

/** Mount points below a directory, innermost first (proc_pid_mountinfo(5): the fifth field, octal escapes). Pure. */
export function mountsBelow(mountinfo: string, directory: string): string[] {
  const places = mountinfo.split('\n').map((line) => unescape(line.split(' ')[4] ?? ''));
  return places.filter((place) => place.startsWith(`${directory}/`)).reverse();
}

function unescape(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
