// Where the parts of a site's disk lie. Ids and names become paths here and nowhere else, after a check.

import { invariant } from '../errors/app-error.ts';

const SITE_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const SNAPSHOT_NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
const DIRECTORY = /^\/[\w./+@ -]*$/;

export interface DiskPlaces {
  /** The filesystem that holds all disks. */
  poolDir: string;
  /** Where base and disk are mounted together, one directory a site. */
  mountsDir: string;
}

export interface SitePaths {
  /** The disk's top directory: for root and the git user only. */
  disk: string;
  /** The merged root filesystem. */
  root: string;
  snapshots: string;
  /** A disk in the making. */
  staging: string;
  /** What a restore is about to put in the disk's place: whole, if it is there. */
  restored: string;
  /** The frozen source of a clone. */
  source: string;
  /** A disk that another one has replaced. */
  trash: string;
}

export function isSiteId(name: string): boolean {
  return SITE_ID.test(name);
}

export function sitePaths({ poolDir, mountsDir }: DiskPlaces, siteId: string): SitePaths {
  invariant(isSiteId(siteId), `a disk was asked for with the id ${JSON.stringify(siteId)}`);
  return {
    disk: `${poolDir}/sites/${siteId}`,
    root: `${mountsDir}/${siteId}`,
    snapshots: `${poolDir}/snapshots/${siteId}`,
    staging: `${poolDir}/staging/${siteId}`,
    restored: `${poolDir}/staging/${siteId}.restored`,
    source: `${poolDir}/staging/${siteId}.source`,
    trash: `${poolDir}/staging/${siteId}.trash`,
  };
}

export function snapshotPath(paths: SitePaths, name: string): string {
  invariant(SNAPSHOT_NAME.test(name), `a snapshot was asked for with the name ${JSON.stringify(name)}`);
  return `${paths.snapshots}/${name}`;
}

/** Commas and colons divide overlayfs's mount options, so no directory may have them. */
export function isMountableDirectory(directory: string): boolean {
  return DIRECTORY.test(directory);
}
