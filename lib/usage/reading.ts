// What the keeper knows after a reading, of each site and of the host: what is used now, and what happened since the
// reading before.

/** One look at everything. */
export interface Reading {
  sites: SiteReading[];
  host: HostReading;
}

export interface SiteReading {
  siteId: string;
  /** The container; null: none runs. Its counters begin at zero with it. */
  instanceId: string | null;
  at: Date;
  /** Milliseconds since the reading before of the same container; 0: it was started since, or this is the first. */
  spanMs: number;
  diskBytes: number;
  /** Null: not counted yet. */
  inodes: number | null;
  memoryBytes: number;
  pids: number;
  /** Thousandths of a core, over the span. */
  cpuMillis: number;
  /** Of the span's scheduling periods, those in which the kernel held processes back: 0 to 1. */
  throttledShare: number;
  /** The raw counters of the container. */
  counters: ContainerCounters;
  /** The counters' growth over the span. */
  since: ContainerCounters;
  /** Bytes a second that the app writes into its log. */
  logBytesPerSecond: number;
  /** Starts of the app's process that followed an end, over the span. */
  appRestarts: number;
  /** Refused by the firewall over the span (lib/network). */
  refused: { closed: number; connections: number; bandwidth: number };
  /** HTTP, over the span. */
  requests: number;
  errors: number;
  /** Open at this moment, upgraded ones too. */
  openRequests: number;
  /** How fast the disk has grown lately; negative: shrunk. */
  diskBytesPerHour: number;
}

export interface ContainerCounters {
  cpuMicros: number;
  throttledMicros: number;
  oomKills: number;
  forksRefused: number;
  rxBytes: number;
  txBytes: number;
}

export interface HostReading {
  at: Date;
  /** Milliseconds since the reading before; 0: this is the first. */
  spanMs: number;
  memoryBytes: number;
  memoryBytesUsed: number;
  cpuCount: number;
  /** Thousandths of a core, of all, over the span. */
  cpuMillis: number;
  /** Processes and threads of everybody, and how many the kernel allows. */
  pids: number;
  pidsMax: number;
  poolBytes: number;
  poolBytesFree: number;
  diskKind: string;
  /** Of the filesystem that holds the platform's own data. */
  platformBytes: number;
  platformBytesFree: number;
  /** What this reading took, and its share of a core since the one before. */
  readMillis: number;
  readCpuMicros: number;
}
