// Reads the cgroups of all containers in one sweep. Their small files stay open, because reading one again costs a fifth
// of opening it; what is dear (memory.stat, the network's counters) is read when it can have changed, or every ten
// seconds. Synchronous: a file of a cgroup never waits for a disk, and a promise for each costs more than the reading.

import { closeSync, existsSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import path from 'node:path';
import {
  type CgroupFile,
  type CgroupVersion,
  type ContainerSample,
  HOT_FILES,
  MEMORY_STAT,
  PROCESSES,
  parseDroppable,
  parseHot,
  parseNetDev,
  parsePids,
} from './cgroup-files.ts';

export interface CgroupPlace {
  version: CgroupVersion;
  /** Where the hierarchies are mounted. */
  root: string;
  /** Below each of them, the parent of all containers. */
  parent: string;
  /** Where the host's processes are: /proc. */
  proc: string;
}

export interface CgroupReader {
  /** All containers that run or stand still, by their id. */
  read(nowMs: number): Map<string, ContainerSample>;
  /** The host's ids of a container's processes; empty when it has gone. */
  pidsOf(instanceId: string): number[];
  close(): void;
}

interface OpenContainer {
  opened: number;
  files: number[];
  processes: number;
  /** The page cache that counts for nothing, and the whole memory when it was read. */
  droppable: { bytes: number; memoryBytes: number; atMs: number } | null;
  network: { rxBytes: number; txBytes: number; atMs: number } | null;
}

const INSTANCE_ID = /^[0-9a-f]{64}$/;
/** Containers beyond this many are left out: two for each file that a process may have open. */
const CONTAINERS_MAX = 2_000;
const STALE_MS = 10_000;
/** A change of the memory by less is no reason to ask what of it is page cache. */
const MEMORY_STEP_BYTES = 1 << 20;
const BUFFER_BYTES = 64 << 10;

/** Version 2 alone, or version 1 (also in its hybrid form), by what is mounted. */
export function cgroupVersion(root = '/sys/fs/cgroup'): CgroupVersion {
  return existsSync(path.join(root, 'cgroup.controllers')) ? 2 : 1;
}

export function createCgroupReader(place: CgroupPlace): CgroupReader {
  const { version } = place;
  const buffer = Buffer.alloc(BUFFER_BYTES);
  const open = new Map<string, OpenContainer>();
  let lives = 0;
  const pathOf = ({ controller, file }: CgroupFile, instanceId: string) =>
    path.join(place.root, controller, place.parent, instanceId, file);

  const again = (fd: number) => buffer.toString('latin1', 0, readSync(fd, buffer, 0, BUFFER_BYTES, 0));
  const once = (file: string) => {
    const fd = openSync(file, 'r');
    try {
      return again(fd);
    } finally {
      closeSync(fd);
    }
  };

  const openContainer = (instanceId: string): OpenContainer => {
    const files: number[] = [];
    try {
      for (const file of HOT_FILES[version]) files.push(openSync(pathOf(file, instanceId), 'r'));
      const processes = openSync(pathOf(PROCESSES[version], instanceId), 'r');
      lives += 1;
      return { opened: lives, files, processes, droppable: null, network: null };
    } catch (error) {
      for (const fd of files) closeSync(fd);
      throw error;
    }
  };

  const forget = (instanceId: string) => {
    const container = open.get(instanceId);
    open.delete(instanceId);
    for (const fd of container ? [...container.files, container.processes] : []) closeSync(fd);
  };

  const droppableOf = (container: OpenContainer, instanceId: string, memoryBytes: number, nowMs: number) => {
    const { droppable } = container;
    const isFresh =
      droppable &&
      nowMs - droppable.atMs < STALE_MS &&
      Math.abs(memoryBytes - droppable.memoryBytes) < MEMORY_STEP_BYTES;
    if (isFresh) return droppable.bytes;
    const bytes = parseDroppable(version, once(pathOf(MEMORY_STAT[version], instanceId)));
    // Spread, so that not all are due again in the same reading.
    container.droppable = { bytes, memoryBytes, atMs: nowMs - Math.random() * (droppable ? 0 : STALE_MS) };
    return bytes;
  };

  /** The network namespace of a process (namespaces(7)). Null: the process has gone. */
  const networkNamespace = (pid: number | 'self') => absentIsNull(() => readlinkSync(`${place.proc}/${pid}/ns/net`));
  const ownNamespace = networkNamespace('self');

  /** A container's first process is the host's still, with the host's counters, before it enters its own network. */
  const readNetwork = (pid: number) => {
    const namespace = networkNamespace(pid);
    if (namespace !== null && namespace === ownNamespace) return null;
    return parseNetDev(absentIsNull(() => once(`${place.proc}/${pid}/net/dev`)) ?? '');
  };

  /** Its processes all have the same network, which is the kernel's: no name of the tenant's is opened. */
  const networkOf = (container: OpenContainer, nowMs: number) => {
    const { network } = container;
    if (network && nowMs - network.atMs < STALE_MS) return network;
    const pid = parsePids(again(container.processes))[0];
    const read = pid === undefined ? null : readNetwork(pid);
    const counted = read ?? network ?? { rxBytes: 0, txBytes: 0 };
    container.network = { ...counted, atMs: nowMs - Math.random() * (network ? 0 : STALE_MS) };
    return container.network;
  };

  const sample = (instanceId: string, nowMs: number): ContainerSample => {
    const container = open.get(instanceId) ?? openContainer(instanceId);
    open.set(instanceId, container);
    const hot = parseHot(version, container.files.map(again));
    const droppable = droppableOf(container, instanceId, hot.memoryBytes, nowMs);
    const { rxBytes, txBytes } = networkOf(container, nowMs);
    return {
      ...hot,
      memoryBytes: Math.max(0, hot.memoryBytes - droppable),
      rxBytes,
      txBytes,
      opened: container.opened,
    };
  };

  /** A container that was started again has new files under its old name. */
  const sampleAnew = (instanceId: string, nowMs: number): ContainerSample | null => {
    const wasOpen = open.has(instanceId);
    const found = absentIsNull(() => sample(instanceId, nowMs));
    if (found) return found;
    forget(instanceId);
    const second = wasOpen ? absentIsNull(() => sample(instanceId, nowMs)) : null;
    if (!second) forget(instanceId);
    return second;
  };

  return {
    read(nowMs) {
      const parent = path.join(place.root, PROCESSES[version].controller, place.parent);
      const names = absentIsNull(() => readdirSync(parent)) ?? [];
      const ids = names.filter((name) => INSTANCE_ID.test(name)).slice(0, CONTAINERS_MAX);
      const present = new Set(ids);
      for (const id of open.keys()) if (!present.has(id)) forget(id);
      const samples = new Map<string, ContainerSample>();
      for (const id of ids) {
        const found = sampleAnew(id, nowMs);
        if (found) samples.set(id, found);
      }
      return samples;
    },
    pidsOf(instanceId) {
      const container = open.get(instanceId);
      return container ? parsePids(absentIsNull(() => again(container.processes)) ?? '') : [];
    },
    close() {
      for (const id of [...open.keys()]) forget(id);
    },
  };
}

/** Containers end while they are read: ENODEV of a file that was open, ESRCH of a process. */
function absentIsNull<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENODEV' || code === 'ENOTDIR' || code === 'ESRCH' || code === 'EINVAL')
      return null;
    throw error;
  }
}
