import { describe, expect, test } from 'vitest';
import { field, parseDroppable, parseHot, parseNetDev, parsePids } from './cgroup-files.ts';

const V1 = [
  '52428800\n',
  '7\n',
  'nr_periods 120\nnr_throttled 30\nthrottled_time 1500000000\nnr_bursts 0\nburst_time 0\n',
  'oom_kill_disable 0\nunder_oom 0\noom_kill 3\n',
  'max 9\n',
  '1234567890\n',
];
const V2 = [
  '52428800\n',
  '7\n',
  'usage_usec 1234568\nuser_usec 1000000\nsystem_usec 234568\nnr_periods 120\nnr_throttled 30\nthrottled_usec 1500000\n',
  'low 0\nhigh 0\nmax 12\noom 4\noom_kill 3\noom_group_kill 0\n',
  'max 9\n',
];
const SAME = {
  memoryBytes: 52_428_800,
  pids: 7,
  cpuMicros: 1_234_568,
  periods: 120,
  throttledPeriods: 30,
  throttledMicros: 1_500_000,
  oomKills: 3,
  forksRefused: 9,
};

describe('what a container uses', () => {
  test('reads the same from both versions of cgroups', () => {
    expect(parseHot(1, V1)).toEqual(SAME);
    expect(parseHot(2, V2)).toEqual(SAME);
  });

  test('is zero where a kernel says nothing, `max` or nonsense', () => {
    const zero = Object.fromEntries(Object.keys(SAME).map((name) => [name, 0]));
    expect(parseHot(1, [])).toEqual(zero);
    expect(parseHot(2, ['max\n', '', 'usage_usec x\n', 'oom_kill -1\n', 'garbage'])).toEqual(zero);
  });

  test('counts page cache of the whole container in version 1', () => {
    const stat = 'cache 10\ninactive_file 4096\ntotal_cache 20\ntotal_inactive_file 8192\n';
    expect(parseDroppable(1, stat)).toBe(8192);
    expect(parseDroppable(2, 'anon 1\nfile 2\ninactive_anon 0\ninactive_file 4096\n')).toBe(4096);
  });
});

test('a field is found by its whole name, wherever its line is', () => {
  expect(field('oom_kill_disable 5\noom_kill 2', 'oom_kill')).toBe(2);
  expect(field('oom 4\noom_kill 2\n', 'oom')).toBe(4);
  expect(field('max 9\n', 'ma')).toBe(0);
});

test('processes are the lines that are numbers', () => {
  expect(parsePids('12\n345\n\nx\n')).toEqual([12, 345]);
});

test('the network is that of eth0, in and out', () => {
  const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:  999999      10    0    0    0     0          0         0   999999      10    0    0    0     0       0          0
  eth0:11223344     100    0    0    0     0          0         0   556677      90    0    0    0     0       0          0
`;
  expect(parseNetDev(text)).toEqual({ rxBytes: 11_223_344, txBytes: 556_677 });
  expect(parseNetDev('    lo: 1 2 3\n')).toBeNull();
});
