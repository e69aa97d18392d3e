// What the machine has of an instance, as whoever looks at it wrote it down. Nothing of it comes from the rows.

import type { ContainerState } from '../engine/engine.ts';
import type { NetworkState } from '../network/network.ts';
import type { Target } from '../proxy/proxy.ts';
import type { KernelLimits } from '../usage/kernel-limits.ts';

export interface ActualMount {
  /** The kernel's number of the filesystem. */
  device: string;
  /** What is written on it goes there. */
  upper: string | null;
}

export interface Actual {
  /** Each where its site's is looked for. */
  containers: ContainerState[];
  /** Ids of those that have this instance's labels and are nowhere where one is looked for. */
  strays: string[];
  /** By the container's id: what the kernel holds, of those that it knows. */
  kernelLimits: Map<string, KernelLimits>;
  /** By the container's id: the device that its `/app` lies on. */
  ownDevices: Map<string, string>;
  disks: {
    /** Of these sites something is in the pool. */
    ids: string[];
    /** Null: none is in force. A site whose disk cannot lose its limit is left out. */
    limits: Map<string, number | null>;
    snapshots: Map<string, string[]>;
  };
  /** By site: what is mounted at its place, the visible one last. A place without a mount is there as well. */
  mounts: Map<string, ActualMount[]>;
  /** By address; null: they cannot be read. */
  network: Map<string, NetworkState> | null;
  /** What HAProxy has, and what the file says that it starts with. */
  routes: Map<string, Target>;
  savedRoutes: Map<string, Target>;
  moved: Map<string, string>;
  domains: Map<string, string>;
  /** Ports of the range for sites that somebody listens on. */
  ports: number[];
}
