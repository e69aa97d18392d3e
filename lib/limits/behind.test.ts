import { expect, test } from 'vitest';
import { type Behind, nextBehind } from './behind.ts';

const NONE: Behind = new Map();
const shares = (host: number, hog: number, other = 0.01) => ({
  host,
  containers: new Map([
    ['hog', hog],
    ['other', other],
  ]),
});

test('who takes much of a busy machine stands behind the others', () => {
  expect(nextBehind(NONE, shares(0.95, 0.2), 5)).toEqual(new Map([['hog', 5]]));
  expect(nextBehind(NONE, shares(0.95, 0.2, 0.3), 5)).toEqual(
    new Map([
      ['hog', 5],
      ['other', 5],
    ]),
  );
});

test('who takes much of a machine that has room does not, nor does anybody where many take little each', () => {
  expect(nextBehind(NONE, shares(0.8, 0.5), 5)).toEqual(NONE);
  expect(nextBehind(NONE, shares(1, 0.09, 0.09), 5)).toEqual(NONE);
});

test('it stays there while the machine is busy, and no longer', () => {
  const behind = new Map([['hog', 5]]);
  expect(nextBehind(behind, shares(0.8, 0.05), 60_000)).toEqual(behind);
  expect(nextBehind(behind, shares(0.7, 0.5), 60_000)).toEqual(NONE);
});

test('who is left with next to nothing has its turn again after three seconds, and who has gone is forgotten', () => {
  const behind = new Map([['hog', 5]]);
  expect(nextBehind(behind, shares(1, 0.01), 3_004)).toEqual(behind);
  expect(nextBehind(behind, shares(1, 0.01), 3_005)).toEqual(NONE);
  expect(nextBehind(behind, { host: 1, containers: new Map() }, 100)).toEqual(NONE);
});
