import { describe, expect, it } from 'vitest';
import { createThrottle } from './throttle.ts';

describe('a throttle', () => {
  it('refuses the attempt that is one too many, with the time to wait', () => {
    const throttle = createThrottle(2, 60_000, () => 1_000);
    throttle.attempt('a');
    throttle.attempt('a');
    expect(() => throttle.attempt('a')).toThrow(expect.objectContaining({ hint: 'Try again in 60 seconds.' }));
  });

  it('counts each caller alone', () => {
    const throttle = createThrottle(1, 60_000, () => 1_000);
    throttle.attempt('a');
    expect(() => throttle.attempt('b')).not.toThrow();
  });

  it('forgets attempts that are older than its window', () => {
    let now = 0;
    const throttle = createThrottle(1, 60_000, () => now);
    throttle.attempt('a');
    now = 60_001;
    expect(() => throttle.attempt('a')).not.toThrow();
  });
});
