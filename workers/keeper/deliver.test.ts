import { expect, test } from 'vitest';
import { NO_COUNTERS } from '#lib/usage/meter.ts';
import type { Reading } from '#lib/usage/reading.ts';
import { exampleHost, exampleSite } from '#lib/usage/testing/examples.ts';
import { createDelivery } from './deliver.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} } as unknown as Parameters<typeof createDelivery>[0];
const reading = (oomKills: number, told: Parameters<typeof exampleSite>[1] = {}): Reading => ({
  sites: [exampleSite('a', { since: { ...NO_COUNTERS, oomKills, cpuMicros: 200_000 }, requests: 1, ...told })],
  host: exampleHost(),
});

test('a subscriber that fails or is late misses nothing, and holds nobody up', async () => {
  const seen: Reading[] = [];
  let fails = true;
  const release = Promise.withResolvers<void>();
  const late: number[] = [];
  const delivery = createDelivery(log, [
    {
      title: 'failing',
      async take(each) {
        if (fails) throw new Error('the database is away');
        seen.push(each);
      },
    },
    {
      title: 'late',
      async take({ sites }) {
        late.push(sites[0]?.since.oomKills ?? 0);
        await release.promise;
      },
    },
  ]);
  delivery.deliver(reading(1));
  await new Promise(setImmediate);
  delivery.deliver(reading(2, { cpuMillis: 100 }));
  await new Promise(setImmediate);
  fails = false;
  delivery.deliver(reading(4));
  await new Promise(setImmediate);
  expect(seen).toHaveLength(1);
  expect(seen[0]?.sites[0]).toMatchObject({ since: { oomKills: 7 }, requests: 3, spanMs: 6_000, cpuMillis: 100 });
  expect(seen[0]?.host.spanMs).toBe(6_000);
  expect(late).toEqual([1]);
  release.resolve();
  await delivery.settled();
  delivery.deliver(reading(8));
  await delivery.settled();
  expect(late).toEqual([1, 14]);
});

test('a start between two readings is still to be seen when they come as one', async () => {
  const seen: Reading[] = [];
  let fails = true;
  const take = async (each: Reading) => {
    if (fails) throw new Error('away');
    seen.push(each);
  };
  const delivery = createDelivery(log, [{ title: 'judging', take }]);
  delivery.deliver(reading(0, { spanMs: 0 }));
  await delivery.settled();
  fails = false;
  delivery.deliver(reading(0));
  await delivery.settled();
  expect(seen[0]?.sites[0]?.spanMs).toBe(0);
});
