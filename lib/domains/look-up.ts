// What DNS says of a name: its proofs, and the addresses that it leads to, through CNAMEs if there are any.

import { Resolver } from 'node:dns/promises';
import { proofName } from './records.ts';

export interface Found {
  /** Texts of the proof's TXT records. */
  proofs: string[];
  addresses: string[];
  /** What kept DNS from answering; null: it answered. */
  failure: string | null;
}

export interface DnsLookup {
  /** Never throws. */
  look(name: string): Promise<Found>;
  /** The addresses of a host; none when DNS does not say. Never throws. */
  addressesOf(host: string): Promise<string[]>;
}

const TIMEOUT_MS = 3_000;
const TRIES = 2;
/** DNS has answered that there is none (c-ares: ENODATA, ENOTFOUND). */
const NONE = new Set(['ENODATA', 'ENOTFOUND']);
const RECORDS_MAX = 20;

/** `servers`: IP addresses, with a port where it is not 53; none: the machine's own. */
export function createDnsLookup(servers: string[]): DnsLookup {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  if (servers.length > 0) resolver.setServers(servers);

  const addressesOf = async (host: string) => {
    if (host === 'localhost' || host.endsWith('.localhost')) return { values: ['127.0.0.1'], failure: null }; // RFC 6761, 6.3
    const [four, six] = await Promise.all([ask(resolver.resolve4(host)), ask(resolver.resolve6(host))]);
    return { values: [...four.values, ...six.values], failure: four.failure ?? six.failure };
  };
  return {
    async look(name) {
      const [texts, addresses] = await Promise.all([ask(resolver.resolveTxt(proofName(name))), addressesOf(name)]);
      return {
        proofs: texts.values.map((chunks) => chunks.join('')),
        addresses: addresses.values,
        failure: texts.failure ?? addresses.failure,
      };
    },
    addressesOf: async (host) => (await addressesOf(host)).values,
  };
}

async function ask<Value>(query: Promise<Value[]>): Promise<{ values: Value[]; failure: string | null }> {
  try {
    return { values: (await query).slice(0, RECORDS_MAX), failure: null };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    return { values: [], failure: NONE.has(code) ? null : code };
  }
}
