import { expect, it } from 'vitest';
import { viewHost } from './host.ts';
import { stateOf } from './read-rows.ts';
import { exampleRow } from './testing/example-row.ts';

const MB = 1024 * 1024;
const SETTINGS = { overcommit: 4, readySites: 2 };

it('promises of CPU and processes are the sums of all limits, and the ratio of memory and disk is to what there is', () => {
  const rows = [
    exampleRow({ name: 'a' }),
    exampleRow({ name: 'b', diskMax: 3072 * MB }),
    exampleRow({ name: 'c', state: 'ready', owner: null }),
  ];
  const host = {
    ...{ node: 'local', memoryBytes: BigInt(1536 * MB), cpuCount: 2, poolBytes: BigInt(2560 * MB), diskKind: 'btrfs' },
    ...{
      poolBytesFree: BigInt(2000 * MB),
      memoryBytesUsed: BigInt(400 * MB),
      cpuMillis: 300,
      pids: 200,
      pidsMax: 4_000,
    },
    ...{ platformBytes: 0n, platformBytesFree: 0n, readMillis: 12, readCpuMicros: 900, readAt: new Date(1_000) },
  };
  const promised = { diskBytes: 5120 * MB, memoryBytes: 768 * MB };
  expect(viewHost(host, rows, promised, SETTINGS)).toMatchObject({
    disk: { capacity: 2560 * MB, promised: 5120 * MB, used: 560 * MB },
    memory: { capacity: 1536 * MB, promised: 768 * MB, used: 400 * MB },
    cpu: { capacity: 2_000, promised: 3_000, used: 300 },
    pids: { capacity: 4_000, promised: 384, used: 200 },
    promisedTimes: { disk: 2, memory: 0.5 },
    owned: 2,
    ready: 1,
    readyWanted: 2,
    counts: { live: 2, ready: 1 },
  });
});

it('a machine that no keeper has read has no capacity, and the sites’ own sums', () => {
  const view = viewHost(null, [exampleRow({ name: 'a' })], { diskBytes: 0, memoryBytes: 0 }, SETTINGS);
  expect(view).toMatchObject({ readAt: null, disk: { capacity: null, used: 100 * MB }, promisedTimes: { disk: 0 } });
});

const LIVE = { state: 'live', rest: 'awake', heldBy: null, isRouted: true, ownerId: 'somebody' } as const;

it.each([
  ['live', LIVE],
  ['launching', { ...LIVE, isRouted: false }],
  ['asleep', { ...LIVE, rest: 'frozen' as const }],
  ['asleep', { ...LIVE, rest: 'stopped' as const, isRouted: false }],
  ['held', { ...LIVE, rest: 'stopped' as const, heldBy: 'storm' as const }],
  ['ready', { ...LIVE, ownerId: null }],
  ['failed', { ...LIVE, state: 'failed' as const, heldBy: 'admin' as const }],
])('is %s', (word, site) => {
  expect(stateOf(site)).toBe(word);
});
