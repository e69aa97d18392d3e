// A site's own filesystem with a limit the kernel holds. Everything of the tenant lives on it: what root changed
// (the overlay's upper directory), the git repository, and so releases, caches and data. Two kinds satisfy this
// interface: btrfs subvolumes under simple quotas, and ext4 images.

export interface DiskLimits {
  diskBytesMax: number;
  inodesMax: number;
  /**
   * The disk may not grow: its limit is what it uses now, where that is less. Deleting works. ext4 takes no notice: there
   * the kernel itself bounds inodes, which is what disks are held for.
   */
  held: boolean;
}

export interface DiskUsage {
  bytes: number;
  /** Null until they have been counted. On btrfs as of the last count, which follows what is made within seconds. */
  inodes: number | null;
}

export interface MountedDisk {
  /** The merged root filesystem: base below, what the tenant changed above. The host never opens a path inside by name. */
  root: string;
  /** The site's bare git repository: on the disk and counted, never mounted into the container. Owned by the git user. */
  repository: string;
}

/**
 * Calls about one site must not overlap: the caller holds the site's lease. A call may be killed at any line; `create`
 * with the plan's limits and then `mount` bring a disk back to order. Ids that are no UUID and names that are none of
 * `a-z 0-9 -` break an invariant.
 */
export interface Disk {
  readonly kind: 'btrfs' | 'ext4';
  /** Makes the disk with its limit in force. One that exists is kept and its limit set, as by `resize`. */
  create(siteId: string, limits: DiskLimits): Promise<void>;
  /** Mounts base and disk together; a full disk, too. Safe to repeat. A disk keeps the base that it was made on. */
  mount(siteId: string): Promise<MountedDisk>;
  /** The sites that have something mounted at their place, with one look. */
  mounted(): Promise<Set<string>>;
  /** What still uses the files keeps them until it ends. Not mounted is no error. */
  unmount(siteId: string): Promise<void>;
  /**
   * Changes the limit at once. On btrfs also below what is used: then only deleting works. On ext4 below its use throws
   * `disk-full`, and what the kernel cannot do to a disk in use (making it smaller) throws `site-not-ready`.
   */
  resize(siteId: string, limits: DiskLimits): Promise<void>;
  /** Null when there is no such disk. Data written in the last seconds may still be missing on btrfs. */
  usage(siteId: string): Promise<DiskUsage | null>;
  /** Of all sites with one call, in milliseconds however many they are. */
  usageOfAll(): Promise<Map<string, DiskUsage>>;
  /**
   * The limits in force, of all sites with one call; null: none. Sites of whose disks the size is the limit, which nobody
   * can take away from outside, are left out.
   */
  limits(): Promise<Map<string, number | null>>;
  /**
   * The sites of which anything is in the pool: a disk, one in the making, a snapshot. Throws when the pool is not there,
   * so that an unmounted pool never looks like one without sites.
   */
  list(): Promise<string[]>;
  /** Removes the disk with its snapshots. Absent is no error. The pool has the space back some seconds later. */
  destroy(siteId: string): Promise<void>;
  /**
   * A copy of the whole disk as it is now, as after a power cut. The disk may be in use. A name that exists is kept as it
   * is. On btrfs what the snapshot holds stays charged to the site, also after the site has deleted it.
   */
  snapshot(siteId: string, name: string): Promise<void>;
  snapshots(siteId: string): Promise<string[]>;
  /** Absent is no error. */
  dropSnapshot(siteId: string, name: string): Promise<void>;
  /** Puts a snapshot's content back; the limit stays. The disk must be unmounted. */
  restore(siteId: string, name: string): Promise<void>;
  /**
   * What each snapshot holds that nothing else of the site has, and all of them together that the disk has not: on btrfs a
   * part of the site's use, on ext4 of the pool's. Null where there are too many pieces to count.
   */
  heldBySnapshots(siteId: string): Promise<{ bytes: number; each: Map<string, number> } | null>;
  /**
   * Makes a new site's disk with the content of this one, or of a snapshot of it: a full copy, which the new site pays for.
   * Of a snapshot it may overlap with other calls about this site.
   */
  clone(siteId: string, newSiteId: string, limits: DiskLimits, snapshot?: string): Promise<void>;
  /** Of the filesystem that holds all disks. */
  pool(): Promise<{ bytes: number; bytesFree: number }>;
}

/** What the container mounts of a disk: every directory a root user writes to. */
export const DISK_MOUNTS = ['usr', 'etc', 'var', 'root', 'home', 'opt', 'srv', 'app'] as const;
