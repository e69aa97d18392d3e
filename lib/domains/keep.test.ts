import { expect, it } from 'vitest';
import type { Db } from '../db/client.ts';
import { parseSettings } from '../env.ts';
import { createDomainKeeper } from './keep.ts';

it('sends nobody to HTTPS where there is none any more', async () => {
  const seen: Record<string, ReadonlyMap<string, string>> = {};
  const map = (name: string) => ({
    sync: async (desired: ReadonlyMap<string, string>) => {
      seen[name] = desired;
      return 0;
    },
  });
  const unused = async (): Promise<never> => {
    throw new Error('not asked here');
  };
  const keeper = createDomainKeeper({
    db: { domain: { findMany: async () => [] } } as unknown as Db,
    settings: parseSettings({ LIGHTKEEPER_SECRET: 'a'.repeat(32) }),
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    dns: { look: unused, addressesOf: unused },
    authority: { order: unused },
    ...{ domains: map('domains'), secure: map('secure'), challenges: map('challenges') },
    certificates: { sync: unused },
  });
  await keeper.look();
  expect(seen.secure).toEqual(new Map());
});
