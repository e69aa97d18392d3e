import { describe, expect, it } from 'vitest';
import { judge } from './judge.ts';
import type { JudgedSite } from './judged.ts';
import { newState } from './judged.ts';
import { exampleLimits, exampleReading, exampleSite, type GivenReading, NOW, run } from './testing/examples.ts';

const MINUTE = 60_000;
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * MINUTE);
const ahead = (minutes: number) => ago(-minutes);

function judged(site: Partial<JudgedSite>, reading: GivenReading | null = {}) {
  const from = { activeAt: ago(0), claimedAt: ago(1000), ...site };
  return judge(exampleLimits(), reading && exampleReading(reading), newState(), NOW, exampleSite(from));
}

describe('rest', () => {
  it.each([
    ['a visited site', { activeAt: ago(29) }, {}, null],
    ['a site that nobody visits', { activeAt: ago(30) }, {}, 'frozen'],
    ['a frozen one, until its time', { activeAt: ago(239), rest: 'frozen' }, {}, null],
    ['a frozen one, in the end', { activeAt: ago(240), rest: 'frozen' }, {}, 'stopped'],
    ['a stopped one', { activeAt: ago(9999), rest: 'stopped' }, { instanceId: null }, null],
    ['one that was not looked at for long', { activeAt: ago(300) }, {}, 'stopped'],
    ['a plan that only stops', { activeAt: ago(300), freezeAfterMinutes: null }, {}, 'stopped'],
    ['a plan that only freezes', { activeAt: ago(300), stopAfterMinutes: null }, {}, 'frozen'],
    ['a plan that does neither', { activeAt: ago(9999), freezeAfterMinutes: null, stopAfterMinutes: null }, {}, null],
    ['an open connection', { activeAt: ago(300) }, { openRequests: 1 }, null],
    ['a request that is not written down yet', { activeAt: ago(300) }, { requests: 1 }, null],
    ['one that was just claimed from the pool', { activeAt: ago(9999), claimedAt: ago(1) }, {}, null],
    ['one that was stopped for a reason', { activeAt: ago(9999), heldBy: 'admin' }, {}, null],
    ['one that is being launched', { activeAt: ago(9999), state: 'launching' }, {}, null],
    ['one without a reading', { activeAt: ago(9999) }, null, null],
  ] as const)('of %s', (_, site, reading, rest) => {
    expect(judged(site, reading).actions).toEqual(rest ? [{ do: 'rest', rest }] : []);
  });

  it('is told when it begins, follows the site deeper, and ends without words', () => {
    const [asleep] = run([{}], { site: { activeAt: ago(31), claimedAt: ago(99) } });
    expect(asleep?.events).toMatchObject([
      { kind: 'idle', level: 'idle', text: 'The site sleeps: nobody asked for it for 30 minutes.' },
    ]);
    const state = asleep?.state ?? newState();
    const [still] = run([{}], { site: { rest: 'frozen', activeAt: ago(32), claimedAt: ago(99) }, state });
    expect(still).toMatchObject({ opened: [], changed: [], events: [], actions: [] });
    const [awake] = run([{ requests: 1 }], { state });
    expect(awake).toMatchObject({ released: ['idle'], events: [] });
  });
});

it('of a site that an admin put to rest says no more than that', () => {
  expect(judged({ rest: 'frozen', freezeAfterMinutes: null }).opened[0]?.text).toBe('The site sleeps.');
  expect(judged({ rest: 'frozen', activeAt: ago(1) }).opened[0]?.text).toBe('The site sleeps.');
});

describe('expiry', () => {
  const DAY = { claimedAt: ago(23 * 60) };

  it.each([
    [61, null, null],
    [60, 'warn', 'This site ends in 60 minutes.'],
    [10.5, 'warn', 'This site ends in 11 minutes.'],
    [10, 'critical', 'This site ends in 10 minutes.'],
    [0.5, 'critical', 'This site ends in 1 minute.'],
    [0, 'expired', "The site's time is over."],
  ])('%d minutes before the end of a guest’s site says %j', (minutes, level, text) => {
    const outcome = judged({ ...DAY, expiresAt: ahead(minutes) });
    expect(outcome.opened).toMatchObject(level ? [{ kind: 'expiry', level, text }] : []);
    expect(outcome.events).toHaveLength(level ? 1 : 0);
    expect(outcome.actions).toEqual(level === 'expired' ? [{ do: 'delete' }] : []);
  });

  it('of a short life is told in its second half', () => {
    expect(judged({ claimedAt: ago(9), expiresAt: ahead(11) }).opened).toEqual([]);
    expect(judged({ claimedAt: ago(10), expiresAt: ahead(10) }).opened).toMatchObject([{ level: 'warn' }]);
    expect(judged({ claimedAt: ago(18), expiresAt: ahead(2) }).opened).toMatchObject([{ level: 'critical' }]);
  });

  it.each(['member', 'admin'] as const)('never comes to the site of a %s, whatever its row says', (ownerRole) => {
    expect(judged({ ...DAY, ownerRole, expiresAt: ago(5) })).toMatchObject({ opened: [], actions: [] });
  });

  it('ends a site that never came to life, or has no container, too', () => {
    for (const state of ['launching', 'failed'] as const) {
      expect(judged({ ...DAY, state, expiresAt: ago(1) }, null).actions).toEqual([{ do: 'delete' }]);
    }
  });

  it('that was put off is no longer said', () => {
    const [near] = run([{}], { site: { ...DAY, expiresAt: ahead(30) } });
    const [far] = run([{}], { site: { ...DAY, expiresAt: null }, ...(near ? { state: near.state } : {}) });
    expect(far).toMatchObject({ released: ['expiry'], events: [] });
  });

  it('counts down in the open verdict, as one event', () => {
    const outcomes = run(Array(60).fill({}), { site: { ...DAY, expiresAt: ahead(30) } });
    expect(outcomes.flatMap(({ events }) => events)).toHaveLength(1);
    expect(outcomes.at(-1)?.state.open.expiry?.text).toBe('This site ends in 29 minutes.');
  });
});
