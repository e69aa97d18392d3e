// A site's own filesystem with a limit the kernel holds. Everything of the tenant lives on it: what root changed
// (the overlay's upper directory), the git repository, and so releases, caches and data. Two kinds satisfy this
// interface: btrfs subvolumes under simple quotas, and ext4 images.

export interface DiskLimits {
  diskBytesMax: number;
  inodesMax: number;
}

export interface DiskUsage {
  bytes: number;
  /** Null where the filesystem does not count them. */
  inodes: number | null;
}

export interface MountedDisk {
  /** The merged root filesystem: base below, what the tenant changed above. The host never opens a path inside by name. */
  root: string;
  /** The site's bare git repository: on the disk and counted, never mounted into the container. Owned by the git user. */
  repository: string;
}

export interface Disk {
  readonly kind: 'btrfs' | 'ext4';
  /** Makes the disk with its limit in force. One that exists is kept and its limit set. */
  create(siteId: string, limits: DiskLimits): Promise<void>;
  /** Mounts base and disk together. Safe to repeat. */
  mount(siteId: string): Promise<MountedDisk>;
  unmount(siteId: string): Promise<void>;
  /** Changes the limit at once, also below what is used: then only deleting works. Throws for ext4 below its use. */
  resize(siteId: string, limits: DiskLimits): Promise<void>;
  usage(siteId: string): Promise<DiskUsage | null>;
  /** Of all sites with one call. */
  usageOfAll(): Promise<Map<string, DiskUsage>>;
  list(): Promise<string[]>;
  /** Removes the disk with everything on it. Absent is no error. */
  destroy(siteId: string): Promise<void>;
  /** A copy of the whole disk as it is now, kept under a name. The disk may be in use. */
  snapshot(siteId: string, name: string): Promise<void>;
  snapshots(siteId: string): Promise<string[]>;
  dropSnapshot(siteId: string, name: string): Promise<void>;
  /** Puts a snapshot's content back. The disk must be unmounted. */
  restore(siteId: string, name: string): Promise<void>;
  /** Makes a new site's disk with the content of this one. */
  clone(siteId: string, newSiteId: string, limits: DiskLimits): Promise<void>;
  /** Of the filesystem that holds all disks. */
  pool(): Promise<{ bytes: number; bytesFree: number }>;
}

/** What the container mounts of a disk: every directory a root user writes to. */
export const DISK_MOUNTS = ['usr', 'etc', 'var', 'root', 'home', 'opt', 'srv', 'app'] as const;
