// What is mounted where, from the kernel's own table: /proc/self/mountinfo, proc_pid_mountinfo(5).

import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { DiskCommandError, run } from './run.ts';

export interface Mount {
  mountPoint: string;
  /** The kernel's number of the filesystem, as major:minor. */
  device: string;
  fsType: string;
  source: string;
  /** The superblock's: `ro` here means that the filesystem itself refuses writing. */
  options: string[];
}

const MOUNTS_STACKED_MAX = 16;
const BUSY_TRIES = 10;
const BUSY_WAIT_MS = 100;

export function parseMountInfo(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const fields = line.split(' ');
    const dash = fields.indexOf('-', 6);
    const [device, mountPoint, fsType] = [fields[2], fields[4], fields[dash + 1]];
    const [source, options] = [fields[dash + 2], fields[dash + 3]];
    if (dash < 0 || !device || !mountPoint || !fsType || source === undefined || !options) return [];
    const split = unescape(options).split(',');
    return [{ mountPoint: unescape(mountPoint), device, fsType, source: unescape(source), options: split }];
  });
}

/** A space, for one, is written `\040`. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

export async function readMounts(): Promise<Mount[]> {
  return parseMountInfo(await readFile('/proc/self/mountinfo', 'utf8'));
}

/** What is mounted at this very place, the visible one last. */
export async function mountsAt(mountPoint: string): Promise<Mount[]> {
  return (await readMounts()).filter((mount) => mount.mountPoint === mountPoint);
}

/**
 * Unmounts everything that is stacked at this place. Waits a second for what is busy; after that the mount goes lazily
 * (out of sight now, closed with its last user) if `lazily`, and throws otherwise. Nothing mounted is no error.
 */
export async function unmountAll(mountPoint: string, { lazily }: { lazily: boolean }): Promise<void> {
  let tries = 0;
  for (let round = 0; round < MOUNTS_STACKED_MAX + BUSY_TRIES; round += 1) {
    if ((await mountsAt(mountPoint)).length === 0) return;
    try {
      await run('umount', [...(lazily && tries >= BUSY_TRIES ? ['--lazy'] : []), '--', mountPoint]);
    } catch (error) {
      if (!(error instanceof DiskCommandError)) throw error;
      tries += 1;
      if (tries > BUSY_TRIES || (tries === BUSY_TRIES && !lazily)) throw error;
      await sleep(BUSY_WAIT_MS);
    }
  }
}
