// The records that a name needs: one that proves whose it is, and one that leads here. Pure.

/** Where the proof is (RFC 8552: names below an underscore are never hosts). */
export function proofName(name: string): string {
  return `_lightkeeper.${name}`;
}

export function proofText(proof: string): string {
  return `lightkeeper=${proof}`;
}

export interface WantedRecord {
  type: 'TXT' | 'CNAME' | 'A' | 'AAAA';
  name: string;
  value: string;
  /** At the last look it was there. */
  isThere: boolean;
}

export interface Wishes {
  name: string;
  proof: string;
  /** The site's host here. */
  host: string;
  /** This server's addresses, as far as they are known. */
  addresses: string[];
  isProved: boolean;
  leadsHere: boolean;
}

/**
 * What to set. A name that stands by itself, as example.org does, has other records and so cannot have a CNAME (RFC 1034,
 * 3.6.2); it is told by its two labels, and where that is wrong, as below co.uk, an address record is right all the same.
 */
export function wantedRecords({ name, proof, host, addresses, isProved, leadsHere }: Wishes): WantedRecord[] {
  const isApex = name.split('.').length === 2;
  const here = { name, isThere: leadsHere };
  const byAddress = addresses.map(
    (value): WantedRecord => ({ ...here, type: value.includes(':') ? 'AAAA' : 'A', value }),
  );
  const byHost: WantedRecord[] = [{ ...here, type: 'CNAME', value: host }];
  return [
    { type: 'TXT', name: proofName(name), value: proofText(proof), isThere: isProved },
    ...(isApex && byAddress.length > 0 ? byAddress : byHost),
  ];
}
