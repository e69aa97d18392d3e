// Switches btrfs's simple quotas on and tells what is in force. btrfs-progs has a flag for it from 6.7 on only, so the
// kernel is asked directly; perl-base is on every Debian.

import { readFile } from 'node:fs/promises';
import { run } from './run.ts';

// BTRFS_IOC_QUOTA_CTL with BTRFS_QUOTA_CTL_ENABLE_SIMPLE_QUOTA (linux/btrfs.h).
const ENABLE = `
open(my $handle, "<", $ARGV[0]) or die "open: $!\\n";
my $request = pack("QQ", 4, 0);
ioctl($handle, 0xC0109428, $request) or die "$!\\n";
`;

/** Needs kernel 6.7 or newer. Switched on already is no error. Throws DiskCommandError with the kernel's reason. */
export async function enableSimpleQuotas(mountPoint: string): Promise<void> {
  if ((await quotaState(mountPoint)).mode === 'squota') return;
  await run('perl', ['-e', ENABLE, mountPoint]);
}

export interface QuotaState {
  /** `squota` (simple), `qgroup` (ordinary, in which limits may silently stop), or null when quotas are off. */
  mode: string | null;
  /** Lets root's writes pass the limits, and the overlay writes as root: then no limit holds. */
  overridden: boolean;
}

export async function quotaState(mountPoint: string): Promise<QuotaState> {
  const { stdout } = await run('findmnt', ['--noheadings', '--output', 'UUID', '--mountpoint', mountPoint], {
    allow: [1],
  });
  const uuid = stdout.trim().split('\n').at(-1) ?? '';
  if (!/^[0-9a-f-]{36}$/.test(uuid)) return { mode: null, overridden: false };
  const read = (name: string) =>
    readFile(`/sys/fs/btrfs/${uuid}/${name}`, 'utf8').then(
      (text) => text.trim(),
      () => null,
    );
  return { mode: await read('qgroups/mode'), overridden: (await read('quota_override')) === '1' };
}
