import { expect, test } from 'vitest';
import { planCollecting, recordCollection } from './collect-plan.ts';

const MINUTE = 60_000;
const NOW = 1_000 * MINUTE;
const site = (siteId: string, changedAt: number, madeAt = 0) => ({
  siteId,
  repository: `/${siteId}`,
  madeAt,
  changedAt,
});
const due = (sites: ReturnType<typeof site>[], collections: [string, { triedAt: number; cleanAt: number }][] = []) =>
  planCollecting(sites, new Map(collections), NOW).map(({ siteId }) => siteId);
const done = (at: number) => recordCollection(site('a', at), undefined, { isDone: true, at });

test('a repository that nobody has pushed to is left alone', () => {
  expect(due([site('new', NOW - 5 * MINUTE, NOW - 5 * MINUTE - 2_000)])).toEqual([]);
});

test('a push is followed by a collection once the repository is quiet', () => {
  expect(due([site('a', NOW - 30_000)])).toEqual([]);
  expect(due([site('a', NOW - 61_000)])).toEqual(['a']);
});

test('a repository is collected once an hour at most, and only after another push', () => {
  const pushed = site('a', NOW - 2 * MINUTE);
  expect(due([pushed], [['a', done(NOW - 59 * MINUTE)]])).toEqual([]);
  expect(due([pushed], [['a', done(NOW - 60 * MINUTE)]])).toEqual(['a']);
  expect(due([site('a', NOW - 70 * MINUTE)], [['a', done(NOW - 70 * MINUTE)]])).toEqual([]);
});

test('a collection that failed is tried again after an hour', () => {
  const pushed = site('a', NOW - 200 * MINUTE);
  const failed = (at: number) => recordCollection(pushed, undefined, { isDone: false, at });
  expect(due([pushed], [['a', failed(NOW - 59 * MINUTE)]])).toEqual([]);
  expect(due([pushed], [['a', failed(NOW - 60 * MINUTE)]])).toEqual(['a']);
  const clean = done(NOW - 180 * MINUTE);
  expect(recordCollection(pushed, clean, { isDone: false, at: NOW }).cleanAt).toBe(clean.cleanAt);
});

test('ten at a time, the longest quiet first', () => {
  const many = Array.from({ length: 30 }, (_, index) => site(`s${index}`, NOW - (index + 2) * MINUTE));
  expect(due(many)).toEqual(['s29', 's28', 's27', 's26', 's25', 's24', 's23', 's22', 's21', 's20']);
});
