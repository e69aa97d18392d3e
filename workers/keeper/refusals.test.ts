import { expect, test } from 'vitest';
import type { NetworkRefusals } from '#lib/network/network.ts';
import { createRefusals, growth } from './refusals.ts';

const limits = { bandwidthBytesMax: 1, connectionsMax: 1, newConnectionsMax: 1 };
const log = { debug() {}, info() {}, warn() {}, error() {} } as unknown as Parameters<typeof createRefusals>[0]['log'];

test('a site hears once of what was refused since, and an address counts from zero when it begins anew', async () => {
  let nowMs = 0;
  let listed: Record<string, NetworkRefusals> = { '10.0.0.2': { closed: 50, connections: 5, bandwidth: 0 } };
  const network = {
    list: async () => new Map(Object.entries(listed).map(([address, refused]) => [address, { limits, refused }])),
  };
  const known = { byAddress: (address: string) => (address === '10.0.0.2' ? 'a' : null) };
  const ask = createRefusals({ network, known, log, nowMs: () => nowMs });
  const round = async () => {
    nowMs += 10_000;
    await ask();
    await new Promise(setImmediate);
    return Object.fromEntries(await ask());
  };
  expect(await round(), 'what was before is nobody’s news').toEqual({});
  listed = {
    '10.0.0.2': { closed: 52, connections: 5, bandwidth: 1 },
    '10.0.0.9': { closed: 9, connections: 0, bandwidth: 0 },
  };
  expect(await round()).toEqual({ a: { closed: 2, connections: 0, bandwidth: 1 } });
  expect(await round()).toEqual({});
  listed = { '10.0.0.2': { closed: 3, connections: 0, bandwidth: 0 } };
  expect(await round()).toEqual({ a: { closed: 3, connections: 0, bandwidth: 0 } });
});

test('an address that is new has had all of it since', () => {
  const refused = { closed: 1, connections: 2, bandwidth: 3 };
  expect(growth(undefined, refused)).toEqual(refused);
});
