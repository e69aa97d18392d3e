import { expect, it, test } from 'vitest';
import { judgeKeeper } from './judge-keeper.ts';
import { judgePool, NEW_POOL, type PoolOutcome, type PoolSite, type PoolState } from './judge-pool.ts';

const GB = 1024 ** 3;
const MB = 1024 ** 2;
const POOL = 10 * GB;

const site = (siteId: string, megabytes: number, heldBy: PoolSite['heldBy'] = null): PoolSite => ({
  ...{ siteId, heldBy, diskBytes: megabytes * MB },
});

/** Readings two seconds apart. */
function run(readings: { free: number; sites: PoolSite[] }[], from: PoolState = NEW_POOL): PoolOutcome[] {
  let state = from;
  return readings.map(({ free, sites }) => {
    const outcome = judgePool({ bytes: POOL, bytesFree: free * GB }, sites, state, 2_000);
    state = outcome.state;
    return outcome;
  });
}

it('holds nobody while there is room, however fast he grows', () => {
  const outcomes = run([
    { free: 3, sites: [site('a', 0)] },
    { free: 1.6, sites: [site('a', 900)] },
  ]);
  expect(outcomes.at(-1)).toMatchObject({ hold: [], release: [], event: null });
});

it('holds the one that fills it, with the numbers, and none of those that stand still or trickle', () => {
  const outcomes = run([
    { free: 1.8, sites: [site('still', 500), site('writer', 0), site('clock', 1)] },
    { free: 0.8, sites: [site('still', 500), site('writer', 400), site('clock', 1.1)] },
  ]);
  expect(outcomes.at(-1)?.hold.map(({ siteId }) => siteId)).toEqual(['writer']);
  expect(outcomes.at(-1)?.hold[0]?.text).toMatch(
    /^The machine's disk is nearly full: 9\.2 GB of 10 GB\. This site grew the fastest, by \d+ MB a second, so its disk takes nothing more until there is room\.$/,
  );
  expect(outcomes.at(-1)?.event).toMatchObject({
    level: 'over',
    text: "The machine's disk is nearly full: 9.2 GB of 10 GB. 1 site is held, and launches are refused.",
    numbers: { held: 1 },
  });
});

it('holds as many of the fastest as it takes, the fastest first', () => {
  const before = ['a', 'b', 'c'].map((id) => site(id, 0));
  const outcomes = run([
    { free: 1.8, sites: before },
    { free: 0.9, sites: [site('a', 20), site('b', 300), site('c', 100)] },
  ]);
  expect(outcomes.at(-1)?.hold.map(({ siteId }) => siteId)).toEqual(['b', 'c', 'a']);
});

it('tells once that it is low, also when nobody grows', () => {
  const outcomes = run(Array(5).fill({ free: 0.9, sites: [site('a', 10)] }));
  expect(outcomes.map(({ event }) => event?.level ?? null)).toEqual(['over', null, null, null, null]);
  expect(outcomes.flatMap(({ hold }) => hold)).toEqual([]);
});

it('frees what it held when two readings in a row have room, and not what is held for its files', () => {
  const held = [site('a', 10, 'pool'), site('b', 10, 'inodes')];
  const outcomes = run(
    [0.9, 1.6, 2.1, 1.6, 2.1, 2.1].map((free) => ({ free, sites: held })),
    { ...NEW_POOL, isLow: true },
  );
  expect(outcomes.map(({ release }) => release)).toEqual([[], [], [], [], [], ['a']]);
  expect(outcomes.at(-1)?.event).toMatchObject({
    level: 'info',
    text: "The machine's disk has room again: 7.9 GB of 10 GB.",
  });
});

it('of a keeper that starts anew frees what the one before held', () => {
  const outcomes = run(Array(2).fill({ free: 5, sites: [site('a', 10, 'pool')] }));
  expect(outcomes.map(({ release }) => release)).toEqual([[], ['a']]);
});

test('the keeper tells once that it could not read for half a minute, and when it can again', () => {
  const start = { readAt: 0, isSilent: false, slowAt: -1e9 };
  const quiet = judgeKeeper(start, null, 30_000);
  expect(quiet.event).toBeNull();
  const silent = judgeKeeper(quiet.state, null, 35_000);
  expect(silent.event?.text).toBe(
    'The keeper has not been able to read what sites use for 35 seconds. Their limits hold all the same.',
  );
  expect(judgeKeeper(silent.state, null, 40_000).event).toBeNull();
  const back = judgeKeeper(silent.state, 50, 61_000);
  expect(back.event).toMatchObject({ level: 'info', text: 'The keeper reads what sites use again, after 61 seconds.' });
  expect(judgeKeeper(back.state, 50, 63_000).event).toBeNull();
  // While the database was away, nothing could be told.
  expect(judgeKeeper(start, 50, 61_000).event).toMatchObject({ level: 'critical', numbers: { seconds: 61 } });
});

test('a slow reading is told, and not each time', () => {
  const start = { readAt: 0, isSilent: false, slowAt: -1e9 };
  const slow = judgeKeeper(start, 12_000, 12_000);
  expect(slow.event).toMatchObject({ level: 'warn', numbers: { seconds: 12 } });
  expect(judgeKeeper(slow.state, 12_000, 24_000).event).toBeNull();
  expect(judgeKeeper({ ...slow.state, readAt: 690_000 }, 12_000, 700_000).event?.level).toBe('warn');
});
