// From a host's name to the one address that is connected to: what was checked is what is used, whatever a second answer
// of the name's server would be.

import { lookup, Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import os from 'node:os';
import { type AddressRules, badTarget, closedTarget, hostOf, isOpenAddress } from './target.ts';

const LOOKUP_MS_MAX = 3_000;
/** This machine, whatever a name server says (RFC 6761, 6.3). */
const LOCALHOST = /^(?:.+\.)?localhost\.?$/i;

/**
 * The address to send to. Throws `bad-target` when the name has none, or, for a user's channel, when one of its
 * addresses is closed to users.
 */
export async function resolveTarget(url: URL, rules: AddressRules | null): Promise<{ address: string; family: 4 | 6 }> {
  const host = hostOf(url);
  const addresses = isIP(host) === 0 ? await lookUp(host, rules === null ? askSystem : askServers) : [host];
  const closed = rules && addresses.find((address) => !isOpenAddress(address, rules));
  if (closed) throw closedTarget(host, closed);
  const [address = host] = addresses;
  return { address, family: isIP(address) === 6 ? 6 : 4 };
}

/** Those that this machine has now, its bridges' too. */
export function ownAddresses(): string[] {
  return Object.values(os.networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
}

type Ask = (host: string, over: AbortSignal) => Promise<string[]>;

async function lookUp(host: string, ask: Ask): Promise<string[]> {
  const late = Promise.withResolvers<never>();
  const over = new AbortController();
  const timer = setTimeout(() => late.reject(new Error('no answer')), LOOKUP_MS_MAX);
  try {
    const found = await Promise.race([ask(host, over.signal), late.promise]);
    if (found.length > 0) return found;
  } catch {
    // Told below: the cause is the name server's and says nothing to people.
  } finally {
    clearTimeout(timer);
    over.abort();
  }
  throw badTarget(`The name ${host} has no address.`, 'Check it for a typing mistake.');
}

/** As the machine's programs do, with its own table of hosts: for admins. */
async function askSystem(host: string): Promise<string[]> {
  return (await lookup(host, { all: true, order: 'ipv4first' })).map(({ address }) => address);
}

/**
 * For users, whose names lead to name servers of their own. `lookup` takes one of the few threads that read our files,
 * until that server answers; this takes none, and ends with us.
 */
async function askServers(host: string, over: AbortSignal): Promise<string[]> {
  if (LOCALHOST.test(host)) return ['127.0.0.1'];
  const resolver = new Resolver({ timeout: LOOKUP_MS_MAX / 2, tries: 2 });
  over.addEventListener('abort', () => resolver.cancel(), { once: true });
  const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
}
