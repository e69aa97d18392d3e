import { expect, test } from 'vitest';
import { AppError } from '../errors/app-error.ts';
import { createLog } from '../log.ts';
import type { Target } from '../proxy/proxy.ts';
import { wakeForJob } from './wake-job.ts';

const log = { ...createLog('test'), error: () => {} };
const SITE = '0198f3a0-0000-7000-8000-000000000000';
const didNotWake = new AppError('did-not-wake', { message: 'The site did not wake.', hint: 'Its page has its log.' });

test('a site that does not wake keeps no place in the queue', async () => {
  const wake = Promise.withResolvers<Target>();
  await expect(wakeForJob({ waker: { wake: () => wake.promise }, log }, SITE, 20)).resolves.toBeUndefined();
  wake.reject(new Error('late, and heard by the log alone'));
});

test('what is wrong with the site is told elsewhere; a fault of ours is tried again', async () => {
  const failing = (error: Error) => wakeForJob({ waker: { wake: () => Promise.reject(error) }, log }, SITE);
  await expect(failing(didNotWake)).resolves.toBeUndefined();
  await expect(failing(new Error('no database'))).rejects.toThrow('no database');
});

test('one that wakes is waited for', async () => {
  let isAwake = false;
  const wake = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    isAwake = true;
    return { address: '10.213.0.2', port: 8001 };
  };
  await wakeForJob({ waker: { wake }, log }, SITE);
  expect(isAwake).toBe(true);
});
