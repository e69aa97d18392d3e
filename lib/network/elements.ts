// One site's limits as elements of nftables sets (nft(8)), keyed by the site's address, and back. Each element carries
// its own measure and its own counter, so all sites share the same few rules, and one listing tells of all of them.

import { CONNECTIONS_MAP, parseConnections, renderConnections, renderNoConnections } from './connection-chains.ts';
import { requireAddress } from './ipv4.ts';
import type { NetworkLimits, NetworkRefusals, NetworkState } from './network.ts';

/** Held for an address that nobody gave limits yet: a container's first moment, or after somebody emptied the sets. */
export const STRICTEST: NetworkLimits = { bandwidthBytesMax: 65_536, connectionsMax: 20, newConnectionsMax: 5 };
/** Of every site to the resolvers: they serve all sites, and an answer is larger than its question. */
const LOOKUPS_PER_SECOND = 50;
/** Above the second's worth that nftables' bucket holds: the kernel hands over pieces of up to 64 KB. */
const BURST_BYTES = 131_072;
/** The bucket is counted in nanoseconds, 64 bits wide. */
const BANDWIDTH_MAX = 10_000_000_000;
const COUNT_MAX = 1_000_000;

interface LimitSet {
  name: string;
  /** Whose address is looked up: the sender's, or the receiver's. */
  side: 'saddr' | 'daddr';
  refusal: keyof NetworkRefusals;
  /** What an element measures, as nft's statement; null: it only counts. */
  measure: (limits: NetworkLimits) => string | null;
}

const bytes = (perSecond: number) => `limit rate over ${perSecond} bytes/second burst ${BURST_BYTES} bytes`;
const packets = (perSecond: number, burst: number) => `limit rate over ${perSecond}/second burst ${burst} packets`;

export const LIMIT_SETS = {
  bandwidthOut: {
    name: 'bandwidth_out',
    side: 'saddr',
    refusal: 'bandwidth',
    measure: ({ bandwidthBytesMax }) => bytes(bandwidthBytesMax),
  },
  bandwidthIn: {
    name: 'bandwidth_in',
    side: 'daddr',
    refusal: 'bandwidth',
    measure: ({ bandwidthBytesMax }) => bytes(bandwidthBytesMax),
  },
  newConnections: {
    name: 'new_connections',
    side: 'saddr',
    refusal: 'connections',
    measure: ({ newConnectionsMax }) => packets(newConnectionsMax, newConnectionsMax),
  },
  lookups: {
    name: 'lookups',
    side: 'saddr',
    refusal: 'connections',
    measure: () => packets(LOOKUPS_PER_SECOND, 2 * LOOKUPS_PER_SECOND),
  },
  closed: { name: 'closed', side: 'saddr', refusal: 'closed', measure: () => null },
} as const satisfies Record<string, LimitSet>;

const SETS: LimitSet[] = Object.values(LIMIT_SETS);

export function firewallTable(instance: string): string {
  return `lightkeeper_${instance}`;
}

/** The nearest that the kernel can hold: whole numbers, above zero. */
export function holdable(limits: NetworkLimits): NetworkLimits {
  const within = (value: number, most: number) => Math.min(Math.max(Math.floor(value), 1), most);
  return {
    bandwidthBytesMax: within(limits.bandwidthBytesMax, BANDWIDTH_MAX),
    connectionsMax: within(limits.connectionsMax, COUNT_MAX),
    newConnectionsMax: within(limits.newConnectionsMax, COUNT_MAX),
  };
}

/** One transaction. An element that is there keeps its measure when it is added again, so it is taken away in between. */
export function renderLimits(table: string, address: string, limits: NetworkLimits): string {
  const held = holdable(limits);
  const lines = SETS.flatMap(({ name, measure }) => {
    const set = `element inet ${table} ${name} { ${requireAddress(address)}`;
    const add = `add ${set} ${[measure(held), 'counter'].filter(Boolean).join(' ')} }`;
    return [add, `delete ${set} }`, add];
  });
  return `${[...lines, ...renderConnections(table, address, held.connectionsMax)].join('\n')}\n`;
}

/** One transaction, also where the elements are missing. */
export function renderForget(table: string, address: string): string {
  const deletes = SETS.map(({ name }) => `delete element inet ${table} ${name} { ${requireAddress(address)} }`);
  const all = [...deletes, ...renderNoConnections(table, address)];
  return `${renderLimits(table, address, STRICTEST)}${all.join('\n')}\n`;
}

/** The sets, and beside each the one that measures addresses without an element, as text within a table. */
export function renderSets(addresses: number): string {
  const kind = `type ipv4_addr; size ${addresses};`;
  const sets = SETS.map(({ name, measure }) => {
    const statement = measure(STRICTEST);
    const own = `  set ${name} { ${kind} ${statement ?? ''} counter; }\n`;
    return statement ? `${own}  set ${name}_strict { ${kind} flags dynamic, timeout; timeout 1m; }\n` : own;
  });
  const map = `  map ${CONNECTIONS_MAP} { type ipv4_addr : verdict; size ${addresses}; }\n`;
  return `${sets.join('')}${map}  set ${CONNECTIONS_MAP}_strict { ${kind} flags dynamic; }\n`;
}

/** The rules that drop what is over a limit: the site's own, or the strictest. */
export function renderCheck({ name, side, measure }: LimitSet): string {
  const strict = `add @${name}_strict { ip ${side} ${measure(STRICTEST)} }`;
  return `    ip ${side} @${name} drop\n    ip ${side} != @${name} ${strict} drop`;
}

/** The same for connections at a time. An address has all limits or none. */
export function renderConnectionsCheck(): string {
  const { side, name } = LIMIT_SETS.newConnections;
  const strict = `add @${CONNECTIONS_MAP}_strict { ip ${side} ct count over ${STRICTEST.connectionsMax} }`;
  return `    ip ${side} vmap @${CONNECTIONS_MAP}\n    ip ${side} != @${name} ${strict} drop`;
}

const SET = /^\tset (\w+) \{$([\s\S]*?)^\t\}$/gm;
const ELEMENT =
  /(\d+\.\d+\.\d+\.\d+)(?: limit rate over (\d+)(?: (bytes|kbytes|mbytes))?\/second(?: burst \d+ \w+)?)? counter packets (\d+)/g;
const UNIT_BYTES: Record<string, number> = { bytes: 1, kbytes: 1024, mbytes: 1024 * 1024 };

/** Reads `nft list table`. An address that any set lacks, or that differs both ways, has no limits. */
export function parseListing(text: string): Map<string, NetworkState> {
  const connections = parseConnections(text);
  const found = new Map<string, Map<string, { measure: number; refused: number }>>();
  for (const [, set = '', body = ''] of text.matchAll(SET)) {
    for (const [, address = '', rate, unit, refused] of body.matchAll(ELEMENT)) {
      const measure = rate ? Number(rate) * (UNIT_BYTES[unit ?? 'bytes'] ?? 1) : 0;
      const sets = found.get(address) ?? new Map();
      found.set(address, sets.set(set, { measure, refused: Number(refused) }));
    }
  }
  return new Map(
    [...found].flatMap(([address, sets]) => {
      const counted = connections.get(address);
      const measure = ({ name }: LimitSet) => sets.get(name)?.measure;
      if (!counted || SETS.some((set) => measure(set) === undefined)) return [];
      if (measure(LIMIT_SETS.bandwidthIn) !== measure(LIMIT_SETS.bandwidthOut)) return [];
      const limits: NetworkLimits = {
        bandwidthBytesMax: measure(LIMIT_SETS.bandwidthOut) ?? 0,
        connectionsMax: counted.measure,
        newConnectionsMax: measure(LIMIT_SETS.newConnections) ?? 0,
      };
      const refused: NetworkRefusals = { closed: 0, connections: counted.refused, bandwidth: 0 };
      for (const { name, refusal } of SETS) refused[refusal] += sets.get(name)?.refused ?? 0;
      return [[address, { limits, refused }] as const];
    }),
  );
}
