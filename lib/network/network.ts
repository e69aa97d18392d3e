// What the product needs of the machine's firewall for one site: its limits towards the world, held by the kernel, by the
// address that the site's container has at the moment.

export interface NetworkLimits {
  /** Bytes a second, each way. */
  bandwidthBytesMax: number;
  /** To the world at a time. */
  connectionsMax: number;
  /** To the world, begun in a second. */
  newConnectionsMax: number;
}

/** Counted by the kernel since the address got its limits: they begin at zero again when these change. */
export interface NetworkRefusals {
  /** Packets to other sites, the host, closed ranges and mail ports. */
  closed: number;
  /** Packets of new connections over a limit, and questions to a resolver over its own. */
  connections: number;
  /** Packets over the bandwidth. */
  bandwidth: number;
}

export interface NetworkState {
  limits: NetworkLimits;
  refused: NetworkRefusals;
}

export interface Network {
  /** By address, all at once; in force when this returns. Replaces what they had. Others keep theirs, or the strictest. */
  setLimits(limits: ReadonlyMap<string, NetworkLimits>): Promise<void>;
  /** For an address that nobody has any more. Absent is no error. */
  forget(address: string): Promise<void>;
  /** All addresses that have limits, with one call: what is in force, and what was refused. Some 20 ms for 300. */
  list(): Promise<Map<string, NetworkState>>;
}
