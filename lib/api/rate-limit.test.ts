import { describe, expect, it } from 'vitest';
import { createRateLimit } from './rate-limit.ts';

function limitAt(requestsPerMinute: number, changesPerMinute: number) {
  let now = 1_000_000;
  const limit = createRateLimit({ requestsPerMinute, changesPerMinute }, () => now);
  return {
    ask: (caller = 'a', isChange = false) => limit.count(caller, isChange),
    pass: (ms: number) => {
      now += ms;
    },
  };
}

describe('the rate limit', () => {
  it('tells the limits and what is left of them', () => {
    const { ask } = limitAt(600, 120);
    expect(ask('a', true)).toEqual({
      headers: {
        'ratelimit-policy': '"requests";q=600;w=60, "changes";q=120;w=60',
        ratelimit: '"requests";r=599;t=1, "changes";r=119;t=1',
      },
      refused: null,
    });
    expect(ask('a').headers.ratelimit).toBe('"requests";r=598;t=1, "changes";r=119;t=1');
  });

  it('refuses one too many with the time to wait, and lets the next in when it is over', () => {
    const { ask, pass } = limitAt(6, 6);
    for (let count = 0; count < 6; count += 1) expect(ask().refused).toBeNull();
    const { refused, headers } = ask();
    expect(refused).toMatchObject({ code: 'too-many-requests', details: { retryAfterSeconds: 10 } });
    expect(headers.ratelimit).toContain('"requests";r=0;t=60');
    pass(9_000);
    expect(ask().refused?.hint).toContain('in 1 second,');
    pass(1_000);
    expect(ask().refused).toBeNull();
    expect(ask().refused).not.toBeNull();
  });

  it('counts changes apart, so that reading goes on', () => {
    const { ask } = limitAt(10, 2);
    expect([ask('a', true), ask('a', true), ask('a', true)].map(({ refused }) => refused === null)).toEqual([
      true,
      true,
      false,
    ]);
    expect(ask('a').refused).toBeNull();
  });

  it('counts each caller by himself', () => {
    const { ask } = limitAt(1, 1);
    expect(ask('a').refused).toBeNull();
    expect(ask('b').refused).toBeNull();
    expect(ask('a').refused).not.toBeNull();
  });

  it('never gives more than a minute’s worth at once', () => {
    const { ask, pass } = limitAt(3, 3);
    ask();
    pass(3_600_000);
    expect([1, 2, 3, 4].map(() => ask().refused === null)).toEqual([true, true, true, false]);
  });

  it('forgets who asked the longest ago when there are too many callers', () => {
    const { ask } = limitAt(1, 1);
    ask('first');
    for (let caller = 0; caller < 10_000; caller += 1) ask(`caller ${caller}`);
    expect(ask('first').refused).toBeNull();
  });
});
