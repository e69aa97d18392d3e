import { describe, expect, it } from 'vitest';
import { createGate } from './gate.ts';

describe('a gate', () => {
  it('lets so many of a key through at a time, all in the end, and other keys at once', async () => {
    const gate = createGate(2);
    let running = 0;
    let most = 0;
    const work = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running -= 1;
    };
    await Promise.all(Array.from({ length: 20 }, () => gate.through('a', work)));
    expect(most).toBe(2);
    await Promise.all([gate.through('a', work), gate.through('a', work), gate.through('b', work)]);
    expect(most).toBe(3);
  });

  it('is not narrowed by work that fails', async () => {
    const gate = createGate(1);
    await expect(gate.through('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(gate.through('a', () => Promise.resolve(1))).resolves.toBe(1);
  });
});
