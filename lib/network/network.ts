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

/** Counted by the kernel since the address got its limits. */
export interface NetworkRefusals {
  /** Packets to other sites, the host and closed ranges. */
  closed: number;
  /** New connections over a limit. */
  connections: number;
  /** Packets over the bandwidth. */
  bandwidth: number;
}

export interface Network {
  /** In force when this returns; replaces what the address had. An address without limits has the strictest. */
  setLimits(address: string, limits: NetworkLimits): Promise<void>;
  /** For an address that nobody has any more. Absent is no error. */
  forget(address: string): Promise<void>;
  /** All addresses that have limits, with one call: what is in force, and what was refused. */
  list(): Promise<Map<string, { limits: NetworkLimits; refused: NetworkRefusals }>>;
}
