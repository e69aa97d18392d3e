import { expect, test } from 'vitest';
import { keepPlace } from './place.ts';

const never = () => expect.unreachable('nothing was late');

test('work that is done in time is waited for, and its failure is the job’s', async () => {
  let isDone = false;
  await keepPlace(
    async () => {
      isDone = true;
    },
    1_000,
    never,
  );
  expect(isDone).toBe(true);
  await expect(keepPlace(() => Promise.reject(new Error('broken')), 1_000, never)).rejects.toThrow('broken');
});

test('long work gives its place back and goes on, and its failure is told', async () => {
  const { promise, reject } = Promise.withResolvers<void>();
  const told = Promise.withResolvers<unknown>();
  await keepPlace(() => promise, 5, told.resolve);
  reject(new Error('late'));
  expect(String(await told.promise)).toContain('late');
});
