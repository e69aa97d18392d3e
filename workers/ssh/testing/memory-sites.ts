// Sites in memory, for tests that need no database.

import { fingerprintOf, parsePublicKey } from '#lib/keys/public-key.ts';
import type { Access } from '#lib/sites/access.ts';
import type { DoorSite, Sites, SiteUsage, SiteVerdict } from '../sites.ts';

export interface MemorySites extends Sites {
  rows: DoorSite[];
  /** Without `access`: the site's own. */
  keys: { siteId: string; publicKey: string; access?: Access }[];
  accounts: { id: string; email: string; publicKey: string }[];
  usage: SiteUsage | null;
  variables: Record<string, string>;
  verdicts: SiteVerdict[];
  /** Thrown by every look-up, when set. */
  fault: Error | null;
}

export function createMemorySites(rows: DoorSite[]): MemorySites {
  const sites: MemorySites = {
    rows,
    keys: [],
    accounts: [],
    usage: null,
    variables: {},
    verdicts: [],
    fault: null,
    list: async () => sites.rows.filter(({ failure }) => failure === null),
    findById: async (id) => find((site) => site.id === id && site.failure === null),
    findByPort: async (port) => find((site) => site.port === port && site.failure === null),
    findByName: async (name) => find((site) => site.name === name && site.failure === null),
    findToLookAt: async (name) => find((site) => site.name === name),
    keysWith: async (fingerprint, siteId) =>
      sites.keys
        .filter(({ publicKey }) => fingerprintOf(parsePublicKey(publicKey).blob) === fingerprint)
        .filter((key) => siteId === null || key.siteId === siteId)
        .map((key) => ({ access: 'own', ...key })),
    accountsWith: async (fingerprint) =>
      sites.accounts
        .filter(({ publicKey }) => fingerprintOf(parsePublicKey(publicKey).blob) === fingerprint)
        .map(({ id, email }) => ({ id, email })),
    usageOf: async () => sites.usage,
    variablesOf: async () => sites.variables,
    verdictsOf: async () => sites.verdicts,
  };
  const find = (is: (site: DoorSite) => boolean) => {
    if (sites.fault) throw sites.fault;
    return sites.rows.find(is) ?? null;
  };
  return sites;
}
