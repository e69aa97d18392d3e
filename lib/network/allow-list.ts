// What the operator opens for containers although it is private: addresses, networks, and ports of these.

export interface AllowedTarget {
  /** IPv4 with prefix length. */
  cidr: string;
  /** TCP and UDP; null: everything. */
  port: number | null;
}

const ENTRY = /^(\d{1,3}(?:\.\d{1,3}){3})(?:\/(\d{1,2}))?(?::(\d{1,5}))?$/;
const ENTRIES_MAX = 100;

/** Reads `10.9.0.0/16, 10.8.0.5:5432`. Throws an Error that says which entry is at fault, and what it should be. */
export function parseAllowList(text: string): AllowedTarget[] {
  const entries = text.split(',').flatMap((entry) => entry.trim() || []);
  if (entries.length > ENTRIES_MAX) throw new Error(`has more than ${ENTRIES_MAX} entries`);
  return entries.map(parseEntry);
}

function parseEntry(entry: string): AllowedTarget {
  const [, address = '', length = '32', port] = ENTRY.exec(entry) ?? [];
  const octets = address.split('.').map(Number);
  const prefix = Number(length);
  if (!address || octets.some((octet) => octet > 255) || prefix < 1 || prefix > 32) {
    throw new Error(`has the entry "${entry}", which is not such as 10.9.0.0/16 or 10.8.0.5:5432`);
  }
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) {
    throw new Error(`has the entry "${entry}", whose port is not from 1 to 65535`);
  }
  const bits = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  if (bits % 2 ** (32 - prefix) !== 0) {
    throw new Error(`has the entry "${entry}", whose address has bits beyond the first ${prefix}`);
  }
  return { cidr: `${address}/${prefix}`, port: port === undefined ? null : Number(port) };
}
