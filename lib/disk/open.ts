// Picks the kind of disk that the set-up has found to work on this machine.

import { createBtrfsDisk } from './btrfs.ts';
import type { Disk } from './disk.ts';
import { createExt4Disk, type Ext4Deps } from './ext4.ts';

export function openDisk(kind: Disk['kind'], deps: Ext4Deps): Disk {
  return kind === 'btrfs' ? createBtrfsDisk(deps) : createExt4Disk(deps);
}
