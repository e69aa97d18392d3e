import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createProgress } from './progress.ts';

let written: string[];
const progress = () => createProgress((text) => written.push(text));

beforeEach(() => {
  written = [];
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('a quick step is one line, when it is done', async () => {
  expect(await progress().step('Packages', async () => 7)).toBe(7);
  expect(written).toEqual(['   0.0 s   Packages\n']);
});

test('a long step says every five seconds that it goes on, with the newest detail', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const step = progress().step('Base filesystem', (detail) => {
    detail('unpacking 1 of 2');
    detail('unpacking 2 of 2');
    detail('   ');
    return promise;
  });
  vi.advanceTimersByTime(11_000);
  resolve();
  await step;
  expect(written).toEqual([
    '   5.0 s   … Base filesystem: unpacking 2 of 2\n',
    '  10.0 s   … Base filesystem: unpacking 2 of 2\n',
    '  11.0 s   Base filesystem\n',
  ]);
});

test('a step that fails is not said to be done, and is silent afterwards', async () => {
  await expect(progress().step('Pool', () => Promise.reject(new Error('no room')))).rejects.toThrow('no room');
  vi.advanceTimersByTime(60_000);
  expect(written).toEqual([]);
});
