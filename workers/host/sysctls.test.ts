import { expect, test } from 'vitest';
import { FLOORS, planSysctls } from './sysctls.ts';

test('what is too low is raised to its floor', () => {
  expect(planSysctls({ 'kernel.pty.max': 4096 })).toEqual(new Map([['kernel.pty.max', 1 << 20]]));
});

test('what is high enough, unlimited or not there is left alone', () => {
  const high = Object.fromEntries(Object.entries(FLOORS).map(([name, floor]) => [name, floor + 1]));
  expect(planSysctls(high)).toEqual(new Map());
  expect(planSysctls({ 'fs.pipe-user-pages-soft': 0 })).toEqual(new Map());
  expect(planSysctls({ 'net.netfilter.nf_conntrack_max': null })).toEqual(new Map());
  expect(planSysctls({})).toEqual(new Map());
});
