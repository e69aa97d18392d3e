import { describe, expect, it } from 'vitest';
import { judgeDomain, type Known, MISSING_DAYS } from './judge.ts';
import type { Found } from './look-up.ts';

const NOW = new Date('2026-11-27T12:00:00Z');
const HERE = new Set(['203.0.113.7', '2001:db8::7']);
const DAY = 86_400_000;
const daysAgo = (days: number) => new Date(NOW.getTime() - days * DAY);

const known = (given: Partial<Known> = {}): Known => ({
  ...{ name: 'shop.example.org', proof: 'abc', createdAt: NOW, provedAt: null, missingAt: null, leadsHere: false },
  ...given,
});
const found = (given: Partial<Found> = {}): Found => ({
  ...{ proofs: ['other', 'lightkeeper=abc'], addresses: ['203.0.113.7'], failure: null },
  ...given,
});
const judge = (before: Partial<Known>, what: Partial<Found>) => judgeDomain(known(before), found(what), HERE, NOW);

describe('a name', () => {
  it('with its proof that leads here is the site’s, and looked at again in a day', () => {
    expect(judge({}, {})).toEqual({
      ...{ provedAt: NOW, missingAt: null, leadsHere: true, problem: null, lookedAt: NOW },
      lookAt: new Date(NOW.getTime() + DAY),
    });
    expect(judge({}, { addresses: ['2001:db8::7', '203.0.113.7'] }).leadsHere).toBe(true);
  });

  it('without a proof is nobody’s, wherever it leads, and is looked at again at once', () => {
    for (const proofs of [[], ['lightkeeper=abcd'], ['abc'], ['lightkeeper=']]) {
      const looked = judge({}, { proofs });
      expect(looked).toMatchObject({ provedAt: null, leadsHere: true });
      expect(looked.problem).toBe('There is no TXT record “lightkeeper=abc” at _lightkeeper.shop.example.org.');
      expect(looked.lookAt.getTime() - NOW.getTime()).toBe(10_000);
    }
  });

  it('that leads elsewhere too is proved, and does not lead here', () => {
    expect(judge({}, { addresses: ['203.0.113.7', '198.51.100.1'] })).toMatchObject({
      ...{ provedAt: NOW, leadsHere: false },
      problem: 'shop.example.org leads to 198.51.100.1, which is not this server.',
    });
    expect(judge({}, { addresses: [] }).problem).toBe('shop.example.org leads nowhere: it has no address.');
  });

  it('whose proof is gone stays the site’s for a week, and then no longer', () => {
    const gone = { proofs: [] };
    expect(judge({ provedAt: daysAgo(90) }, gone)).toMatchObject({ provedAt: daysAgo(90), missingAt: NOW });
    const since = daysAgo(MISSING_DAYS - 1);
    expect(judge({ provedAt: daysAgo(90), missingAt: since }, gone)).toMatchObject({
      ...{ provedAt: daysAgo(90), missingAt: since },
    });
    expect(judge({ provedAt: daysAgo(90), missingAt: daysAgo(MISSING_DAYS) }, gone)).toMatchObject({
      ...{ provedAt: null, missingAt: null },
    });
    expect(judge({ provedAt: daysAgo(90), missingAt: daysAgo(3) }, {})).toMatchObject({
      ...{ provedAt: daysAgo(90), missingAt: null },
    });
  });

  it('whose name servers do not answer keeps what is known of it', () => {
    const silent = { proofs: [], addresses: [], failure: 'ESERVFAIL' };
    expect(judge({ provedAt: daysAgo(9), missingAt: daysAgo(8), leadsHere: true }, silent)).toMatchObject({
      ...{ provedAt: daysAgo(9), missingAt: daysAgo(8), leadsHere: true },
      problem: 'The name servers of shop.example.org do not answer (ESERVFAIL).',
    });
    expect(judge({}, silent).provedAt).toBeNull();
  });

  it('is looked at less often the longer nobody sets it', () => {
    const pause = (days: number) =>
      judge({ createdAt: daysAgo(days) }, { proofs: [] }).lookAt.getTime() - NOW.getTime();
    expect([0, 0.1, 2].map(pause)).toEqual([10_000, 120_000, 1_800_000]);
  });
});
