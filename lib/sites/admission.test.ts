import { expect, test } from 'vitest';
import { judgeAddress, judgeCapacity, judgeRoom } from './admission.ts';

const now = new Date('2026-01-01T12:00:00Z');
const limits = { launchesPerHour: 10, sitesPerAddress: 5 };
const GB = 1024 ** 3;

test('an address below its limits may launch', () => {
  expect(() => judgeAddress({ launchesLastHour: 9, nextLaunchAt: now, sitesNow: 4 }, limits, now)).not.toThrow();
});

test('the launch limit says how many, of how many, and when to try again', () => {
  const nextLaunchAt = new Date(now.getTime() + 7.2 * 60_000);
  expect(() => judgeAddress({ launchesLastHour: 10, nextLaunchAt, sitesNow: 0 }, limits, now)).toThrow(
    expect.objectContaining({
      code: 'too-many-launches',
      message: 'Your address has launched 10 sites in the last hour; the limit is 10.',
      hint: 'Try again in 8 minutes.',
    }),
  );
});

test('sites that an address has now count on their own', () => {
  expect(() => judgeAddress({ launchesLastHour: 0, nextLaunchAt: null, sitesNow: 5 }, limits, now)).toThrow(
    '5 of 5 sites',
  );
});

const roomy = {
  memoryBytes: 8 * GB,
  memoryBytesPromised: 4 * GB,
  poolBytes: 100 * GB,
  poolBytesFree: 90 * GB,
  diskBytesPromised: 20 * GB,
};
const demand = { memoryBytes: GB / 4, diskBytes: GB };

test('a machine with room takes another site', () => {
  expect(() => judgeCapacity(roomy, demand, 1)).not.toThrow();
});

test.each([
  ['memory', { memoryBytesPromised: 8 * GB }],
  ['disk', { diskBytesPromised: 85 * GB }],
])('a machine out of %s refuses with the numbers', (what, change) => {
  expect(() => judgeCapacity({ ...roomy, ...change }, demand, 1)).toThrow(new RegExp(`of its ${what} is promised`));
});

test('overcommit promises more than there is, but never the reserve that is really free', () => {
  const promised = { ...roomy, memoryBytesPromised: 20 * GB, diskBytesPromised: 200 * GB };
  expect(() => judgeCapacity(promised, demand, 4)).not.toThrow();
  expect(() => judgeCapacity({ ...promised, poolBytesFree: 14 * GB }, demand, 4)).toThrow('of its disk is used');
});

test('the reserve is refused with the numbers, to a ready site as to a new one', () => {
  expect(() => judgeRoom({ poolBytes: 100 * GB, poolBytesFree: 15 * GB })).not.toThrow();
  expect(() => judgeRoom({ poolBytes: 100 * GB, poolBytesFree: 14.5 * GB })).toThrow(
    expect.objectContaining({
      code: 'host-full',
      message:
        'This machine is full: 85.5 GB of 100 GB of its disk is used, and the last 15 percent are kept for the sites that it has.',
    }),
  );
});
