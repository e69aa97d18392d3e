// A site's domains as its page and the API show them.

import type { Db } from '../db/client.ts';
import type { Domain } from '../db/generated/client.ts';
import type { Settings } from '../env.ts';
import { siteHost } from '../sites/address.ts';
import { DOMAINS_MAX } from './change.ts';
import { createDnsLookup } from './look-up.ts';
import { type WantedRecord, wantedRecords } from './records.ts';
import { plainOrigin, secureOrigin } from './secure-origin.ts';

/**
 * `unproved`: its TXT record is not there. `elsewhere`: it is proved, and leads somewhere else. `ordering`: a certificate is
 * on its way. `plain`: served over HTTP, as this server has no HTTPS. `secure`: served over HTTPS.
 */
export type DomainState = 'unproved' | 'elsewhere' | 'ordering' | 'plain' | 'secure';

export interface DomainView {
  name: string;
  state: DomainState;
  address: string;
  records: WantedRecord[];
  /** What the last look found wrong, or why there is no certificate. */
  problem: string | null;
  lookedAt: string | null;
  certificateEndsAt: string | null;
}

export interface DomainList {
  domains: DomainView[];
  max: number;
}

export async function listDomains(db: Db, settings: Settings, site: { id: string; name: string }): Promise<DomainList> {
  const rows = await db.domain.findMany({ where: { siteId: site.id }, orderBy: { createdAt: 'asc' } });
  const host = siteHost(settings, site.name);
  const addresses = rows.length > 0 ? await addressesHere(settings, host) : [];
  return { domains: rows.map((row) => viewDomain(row, { settings, host, addresses })), max: DOMAINS_MAX };
}

async function addressesHere({ publicAddresses, dnsServers }: Settings, host: string): Promise<string[]> {
  if (publicAddresses.length > 0) return publicAddresses;
  return createDnsLookup(dnsServers).addressesOf(host);
}

/** Pure. */
export function viewDomain(
  row: Domain,
  { settings, host, addresses }: { settings: Settings; host: string; addresses: string[] },
): DomainView {
  const { name, proof, leadsHere } = row;
  const isProved = row.provedAt !== null && row.missingAt === null;
  const state = stateOf(row, settings.httpsPort !== null);
  return {
    name,
    state,
    address: state === 'secure' ? secureOrigin(settings, name) : plainOrigin(settings, name),
    records: wantedRecords({ name, proof, host, addresses, isProved, leadsHere }),
    problem: row.problem ?? (row.orderProblem && `The certificate authority refused: ${row.orderProblem}`),
    lookedAt: row.lookedAt?.toISOString() ?? null,
    certificateEndsAt: row.certificateEndsAt?.toISOString() ?? null,
  };
}

function stateOf({ provedAt, leadsHere, certificate }: Domain, hasHttps: boolean): DomainState {
  if (!provedAt) return 'unproved';
  if (hasHttps && certificate) return 'secure';
  if (!leadsHere) return 'elsewhere';
  return hasHttps ? 'ordering' : 'plain';
}
