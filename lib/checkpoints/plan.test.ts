import { expect, test } from 'vitest';
import { isNearFull, type Kept, planExcess, planRelief } from './plan.ts';

function made(causes: Kept['cause'][]): Kept[] {
  return causes.map((cause, index) => ({
    id: `${cause}-${index}`,
    cause,
    status: 'ready',
    createdAt: new Date(1_000 * index),
  }));
}

test('the newest three before deployments are kept, and the newest two before restores', () => {
  const all = made(['deployment', 'restore', 'deployment', 'restore', 'deployment', 'restore', 'deployment']);
  expect(planExcess(all, null)).toEqual(['deployment-0', 'restore-1']);
});

test('what somebody made never goes by its number, and neither does what is not ready', () => {
  const all = made(Array.from({ length: 9 }, () => 'manual' as const));
  expect(planExcess(all, null)).toEqual([]);
  const making = made(Array.from({ length: 9 }, () => 'deployment' as const)).map((one) => ({
    ...one,
    status: 'making' as const,
  }));
  expect(planExcess(making, null)).toEqual([]);
});

test('the one that is being restored stays', () => {
  const all = made(['restore', 'restore', 'restore']);
  expect(planExcess(all, 'restore-0')).toEqual([]);
  expect(planRelief(all, 0.99, 'restore-1')).toEqual(['restore-0', 'restore-2']);
});

test('from four fifths on the oldest of ours goes, and when the disk is full all of ours', () => {
  const all = made(['manual', 'deployment', 'restore', 'deployment', 'clone']);
  expect(planRelief(all, 0.79, null)).toEqual([]);
  expect(planRelief(all, 0.8, null)).toEqual(['deployment-1']);
  expect(planRelief(all, 0.95, null)).toEqual(['deployment-1', 'restore-2', 'deployment-3']);
});

test('near full begins at four fifths', () => {
  expect(isNearFull(799, 1_000)).toBe(false);
  expect(isNearFull(800, 1_000)).toBe(true);
});
