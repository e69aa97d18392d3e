import { expect, test } from 'vitest';
import { createSlots } from './slots.ts';
import { exampleHost, exampleSite } from './testing/examples.ts';

const START = 1_000_000_000_000;

function add(slots: ReturnType<typeof createSlots>, atMs: number, requests = 0, latency: number[] = []): void {
  const traffic = new Map([['a', { requests, errors: 0, openRequests: 0, latency }]]);
  const since = { cpuMicros: 0, throttledMicros: 0, oomKills: 0, forksRefused: 0, rxBytes: 1_000, txBytes: 10 };
  slots.add([exampleSite('a', { requests, since })], traffic, exampleHost({ at: new Date(START + atMs) }));
}

test('ten seconds are over when the next begin, and wait until they are dropped', () => {
  const slots = createSlots();
  for (const atMs of [0, 2_000, 9_999]) add(slots, atMs, 1);
  expect(slots.waiting()).toEqual([]);
  add(slots, 10_000, 5);
  const [slot] = slots.waiting();
  expect(slot?.atMs).toBe(START);
  expect(slot?.sites.get('a')).toMatchObject({ requests: 3 });
  if (slot) slots.drop(slot);
  expect(slots.waiting()).toEqual([]);
  expect(slots.waiting(true)).toHaveLength(1);
});

test('what the database does not take for more than five minutes is lost, oldest first', () => {
  const slots = createSlots();
  for (let atMs = 0; atMs < 600_000; atMs += 10_000) add(slots, atMs);
  expect(slots.waiting()).toHaveLength(30);
  expect(slots.waiting().at(-1)?.atMs).toBe(START + 580_000);
});

test('the last minute forgets what is older, also after a pause', () => {
  const slots = createSlots();
  add(slots, 0, 7, [7]);
  for (let atMs = 10_000; atMs <= 50_000; atMs += 10_000) add(slots, atMs, 1, [0, 0, 0, 0, 1]);
  expect(slots.lastMinute('a')).toEqual({ requestsPerMinute: 12, p95Millis: 2 });
  add(slots, 60_000);
  expect(slots.lastMinute('a')).toEqual({ requestsPerMinute: 5, p95Millis: 2 });
  add(slots, 600_000);
  expect(slots.lastMinute('a')).toEqual({ requestsPerMinute: 0, p95Millis: null });
  expect(slots.lastMinute('nobody')).toEqual({ requestsPerMinute: 0, p95Millis: null });
});

test('the network’s rate is of the last ten seconds or more', () => {
  const slots = createSlots();
  for (let atMs = 0; atMs < 20_000; atMs += 2_000) add(slots, atMs);
  expect(slots.networkRate('a')).toEqual({ rxBytesPerSecond: 500, txBytesPerSecond: 5 });
});
