// What the product needs of a container engine, in its own words. Docker is the first; nothing outside lib/engine knows
// which one it is. Absent is null; everything else that goes wrong throws.

import type { Readable, Writable } from 'node:stream';

/** Limits the kernel holds from the container's first instruction. */
export interface ContainerLimits {
  memoryBytesMax: number;
  /** Thousandths of a core. */
  cpuMillisMax: number;
  pidsMax: number;
  openFilesMax: number;
  /** Of /tmp; /run and /dev/shm get a quarter of it each. They count as memory. */
  tmpfsBytesMax: number;
  /** The largest single file, as a second line behind the disk's own limit. */
  fileBytesMax: number;
}

export interface ContainerSpec {
  siteId: string;
  generation: number;
  hostname: string;
  limits: ContainerLimits;
  /** Host directories of the site's own disk, already mounted, by their place in the container. */
  mounts: { source: string; target: string; readOnly: boolean }[];
  command: string[];
  env: Record<string, string>;
}

export interface ContainerState {
  siteId: string;
  generation: number;
  /** The engine's id: a new one for each re-creation. */
  instanceId: string;
  status: 'created' | 'running' | 'paused' | 'exited' | 'removing';
  /** IPv4 on the instance's bridge while it runs. */
  address: string | null;
  startedAt: Date | null;
  exitCode: number | null;
  outOfMemory: boolean;
}

export interface ExecRequest {
  /** An argument array; never a line for a shell. */
  command: string[];
  env?: Record<string, string>;
  workingDir?: string;
  /** With a terminal, standard error is part of standard output. */
  terminal?: { columns: number; rows: number } | null;
}

export interface ExecSession {
  stdin: Writable;
  stdout: Readable;
  /** Null with a terminal. */
  stderr: Readable | null;
  /** Clamped to 1..500; the caller coalesces floods. */
  resize(columns: number, rows: number): Promise<void>;
  /** The exit code, once the process has ended and its output has been read. */
  exited: Promise<number>;
  /**
   * Ends the process and everything of its session: HUP at once, KILL after five seconds. Answers when they are gone. Also
   * after the exit, for what it left in the background. Safe to repeat.
   */
  hangUp(): Promise<void>;
}

export interface EngineChange {
  siteId: string;
  kind: 'started' | 'died' | 'out-of-memory' | 'removed' | 'paused' | 'unpaused';
}

export interface EngineInfo {
  name: string;
  version: string;
  userNamespaces: boolean;
  seccomp: boolean;
  /** 1 or 2. */
  cgroupVersion: number;
}

export interface Engine {
  info(): Promise<EngineInfo>;
  /** Makes what containers are made from (the read-only skeleton). Safe to repeat. */
  prepare(): Promise<void>;
  /**
   * Creates and starts. A container of an older generation is replaced; one of this generation is adopted, and started or
   * unpaused; one of a newer generation is left alone, and its state is the answer: whoever asked was late.
   */
  run(spec: ContainerSpec): Promise<ContainerState>;
  inspect(siteId: string): Promise<ContainerState | null>;
  /** The containers of this instance's sites, running or not. */
  list(): Promise<ContainerState[]>;
  /**
   * Ids of containers that have this instance's labels and are where no site's container is looked for: copies of one, and
   * renamed ones.
   */
  strays(): Promise<string[]>;
  /** Kills and removes one of these. Absent is no error. */
  removeStray(instanceId: string): Promise<void>;
  /** The site of each of these containers by the engine's id, with one call. */
  instances(): Promise<Map<string, string>>;
  /** Stops with TERM, then KILL after the grace. A stopped or absent container is no error. */
  stop(siteId: string, graceSeconds: number): Promise<void>;
  /** Kills and removes with everything the engine keeps of it. Absent is no error. */
  remove(siteId: string): Promise<void>;
  pause(siteId: string): Promise<void>;
  unpause(siteId: string): Promise<void>;
  /** Memory, CPU and pids of a container, without a restart. Throws `site-not-ready` when it is absent. */
  setLimits(siteId: string, limits: ContainerLimits): Promise<void>;
  /**
   * Throws `site-not-ready` when the container does not run, and when it has no free process slots. A command that cannot
   * be run is no error: it says so on standard error and exits with 126 or 127, like in a shell. Both output streams must
   * be read (or destroyed): one that is full holds up the other.
   */
  exec(siteId: string, request: ExecRequest): Promise<ExecSession>;
  /** Changes as they happen: a hint to look, never the truth. Returns the way to stop watching. */
  watch(onChange: (change: EngineChange) => void): () => void;
}
