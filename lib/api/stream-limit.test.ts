import { describe, expect, it, vi } from 'vitest';
import { createStreamLimit } from './stream-limit.ts';

const nothing = () => {};

describe('the stream limit', () => {
  it('gives one caller six streams, and another one its own', () => {
    const limit = createStreamLimit();
    for (let stream = 0; stream < 6; stream += 1) limit.open('a', () => {});
    expect(() => limit.open('a', nothing)).toThrow(expect.objectContaining({ code: 'too-many-requests' }));
    expect(() => limit.open('b', nothing)).not.toThrow();
  });

  it('gives back the place of a stream that ended, once', () => {
    const limit = createStreamLimit();
    const leaves = Array.from({ length: 6 }, () => limit.open('a', () => {}));
    leaves[0]?.();
    leaves[0]?.();
    limit.open('a', () => {});
    expect(() => limit.open('a', nothing)).toThrow();
  });

  it('closes all that are open', () => {
    const limit = createStreamLimit();
    const close = vi.fn();
    limit.open('a', close);
    limit.closeAll();
    expect(close).toHaveBeenCalledOnce();
  });
});
