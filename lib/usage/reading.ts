// What the keeper knows of one site after a reading: what is used now, and what happened since the reading before.

export interface SiteReading {
  siteId: string;
  /** The container; null: none runs. Its counters begin at zero with it. */
  instanceId: string | null;
  at: Date;
  /** Milliseconds since the reading before of the same container; 0: this is the first. */
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
