// The one gate through which an address gets into a rule.

import net from 'node:net';

/** Throws where it is not an IPv4 address. */
export function requireAddress(address: string): string {
  if (net.isIPv4(address)) return address;
  throw new Error(`not an IPv4 address: ${JSON.stringify(address)}`);
}
