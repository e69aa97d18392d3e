// From a host's name to the one address that is connected to: what was checked is what is used, whatever a second answer
// of the name's server would be.

import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import os from 'node:os';
import { type AddressRules, badTarget, closedTarget, hostOf, isOpenAddress } from './target.ts';

const LOOKUP_MS_MAX = 3_000;

/**
 * The address to send to. Throws `bad-target` when the name has none, or, for a user's channel, when one of its
 * addresses is closed to users.
 */
export async function resolveTarget(url: URL, rules: AddressRules | null): Promise<{ address: string; family: 4 | 6 }> {
  const host = hostOf(url);
  const addresses = isIP(host) === 0 ? await lookUp(host) : [host];
  const closed = rules && addresses.find((address) => !isOpenAddress(address, rules));
  if (closed) throw closedTarget(host, closed);
  const [address = host] = addresses;
  return { address, family: isIP(address) === 6 ? 6 : 4 };
}

/** Those that this machine has now, its bridges' too. */
export function ownAddresses(): string[] {
  return Object.values(os.networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
}

async function lookUp(host: string): Promise<string[]> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error('no answer')), LOOKUP_MS_MAX);
  try {
    const found = await Promise.race([lookup(host, { all: true, order: 'ipv4first' }), late.promise]);
    if (found.length > 0) return found.map(({ address }) => address);
  } catch {
    // Told below: the cause is the name server's and says nothing to people.
  } finally {
    clearTimeout(timer);
  }
  throw badTarget(`The name ${host} has no address.`, 'Check it for a typing mistake.');
}
