// How many connections one site has at a time, as a chain of its own with one rule, found by the site's address. Not an
// element as the other limits: the kernel sweeps an element that counts connections away as soon as it counts none.

import { requireAddress } from './ipv4.ts';

/** A verdict map, from address to chain. */
export const CONNECTIONS_MAP = 'connections';

const chainOf = (address: string) => `site_${requireAddress(address).replaceAll('.', '_')}`;
const element = (table: string, address: string) =>
  `element inet ${table} ${CONNECTIONS_MAP} { ${address} : jump ${chainOf(address)} }`;

/** Within one transaction. */
export function renderConnections(table: string, address: string, connectionsMax: number): string[] {
  const chain = chainOf(address);
  return [
    `add chain inet ${table} ${chain}`,
    `flush chain inet ${table} ${chain}`,
    `add rule inet ${table} ${chain} ct count over ${connectionsMax} counter drop`,
    `add ${element(table, address)}`,
  ];
}

/** Within one transaction, where they are present. */
export function renderNoConnections(table: string, address: string): string[] {
  const chain = chainOf(address);
  return [
    `delete ${element(table, address)}`,
    `flush chain inet ${table} ${chain}`,
    `delete chain inet ${table} ${chain}`,
  ];
}

const RULE = /^\tchain (site_\S+) \{\n\t\tct count over (\d+) counter packets (\d+) bytes \d+ drop$/gm;
const ENTRY = /(\d+\.\d+\.\d+\.\d+) : jump (site_\w+)/g;

/** Reads `nft list table`: limit and refusals, of the addresses that lead to their chain. */
export function parseConnections(text: string): Map<string, { measure: number; refused: number }> {
  const rules = new Map(
    [...text.matchAll(RULE)].map(([, chain, count, refused]) => [chain, [count, refused] as const]),
  );
  return new Map(
    [...text.matchAll(ENTRY)].flatMap(([, address = '', chain]) => {
      const [count, refused] = rules.get(chain) ?? [];
      return count === undefined ? [] : [[address, { measure: Number(count), refused: Number(refused) }] as const];
    }),
  );
}
