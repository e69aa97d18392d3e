import { describe, expect, it } from 'vitest';
import { planListeners } from './site-listeners.ts';

const site = (id: string, port: number) => ({ id, port });

describe('planListeners', () => {
  it('opens new sites, closes gone ones, and leaves the others alone', () => {
    const listening = new Map([
      ['stays', 1],
      ['goes', 2],
    ]);
    expect(planListeners(listening, [site('stays', 1), site('comes', 3)])).toEqual({
      close: ['goes'],
      open: [{ siteId: 'comes', port: 3 }],
    });
  });

  it('closes before it opens when a port changes hands, or a site its port', () => {
    const listening = new Map([
      ['old', 1],
      ['moves', 2],
    ]);
    expect(planListeners(listening, [site('new', 1), site('moves', 4)])).toEqual({
      close: ['old', 'moves'],
      open: [
        { siteId: 'new', port: 1 },
        { siteId: 'moves', port: 4 },
      ],
    });
  });

  it('has nothing to do the second time', () => {
    expect(planListeners(new Map([['a', 1]]), [site('a', 1)])).toEqual({ close: [], open: [] });
  });
});
