import { describe, expect, it, test } from 'vitest';
import { STORM } from './judge-behaviour.ts';
import { exampleSite, type GivenReading, NOW, run } from './testing/examples.ts';

const quiet = (number: number): GivenReading[] => Array.from({ length: number }, () => ({}));
const actions = (outcomes: ReturnType<typeof run>) => outcomes.flatMap((outcome) => outcome.actions);

describe('restarts', () => {
  it('of an app that ends ten times in five minutes stop the site, with the numbers', () => {
    const ends = Array.from({ length: STORM.ends }, (): GivenReading[] => [{ appRestarts: 1 }, ...quiet(13)]).flat();
    const outcomes = run(ends.slice(0, -13));
    const text = 'The site was stopped: its app ended 10 times within 5 minutes.';
    expect(outcomes.at(-1)).toMatchObject({
      actions: [{ do: 'hold', cause: 'storm', text }],
      opened: [{ kind: 'restarts', level: 'storm', text }],
    });
    expect(outcomes.at(-1)?.opened[0]?.hint).toContain('start it again');
    expect(actions(outcomes.slice(0, -1))).toEqual([]);
  });

  it('that are further apart do not', () => {
    const ends = Array.from({ length: 40 }, (): GivenReading[] => [{ appRestarts: 1 }, ...quiet(17)]).flat();
    expect(actions(run(ends))).toEqual([]);
  });

  it('many at once are bounded in memory', () => {
    const [outcome] = run([{ appRestarts: 1e9 }], { site: { heldBy: 'admin', heldFor: 'By an admin.' } });
    expect(outcome?.state.appRestarts).toHaveLength(STORM.ends);
  });

  it('are over once somebody starts the site again', () => {
    const [held] = run([{ instanceId: null }], { site: { heldBy: 'storm', heldFor: 'It was stopped.' } });
    expect(held?.opened).toMatchObject([{ kind: 'restarts', level: 'storm', text: 'It was stopped.' }]);
    const [well] = run([{ appRestarts: 1 }], held ? { state: held.state } : {});
    expect(well).toMatchObject({ released: ['restarts'], actions: [], events: [] });
  });

  it('stop a site once, also when it is started again before the next reading', () => {
    expect(actions(run([{ appRestarts: STORM.ends }, { appRestarts: 1 }, ...quiet(3)]))).toHaveLength(1);
  });
});

describe('the network', () => {
  const tries = (closed: number): GivenReading => ({ refused: { closed, connections: 0, bandwidth: 0 } });
  const floods = (connections: number): GivenReading => ({ refused: { closed: 0, connections, bandwidth: 0 } });

  it('is abused by a scan of a thousand closed ports, at once', () => {
    const outcomes = run([tries(1000), ...quiet(120)]);
    expect(outcomes[0]?.opened).toMatchObject([{ kind: 'network', level: 'abusive', numbers: { refused: 1000 } }]);
    expect(outcomes[0]?.events[0]?.text).toBe(
      'The site tries to reach what is closed to it: 1,000 attempts were refused.',
    );
    expect(actions(outcomes), 'one scan is told, not punished').toEqual([]);
    expect(outcomes.flatMap(({ released }) => released)).toEqual(['network']);
  });

  it('is not abused by an app that cannot reach its database', () => {
    const outcomes = run(Array(600).fill(tries(4)));
    expect(outcomes.flatMap(({ opened }) => opened)).toEqual([]);
  });

  it('is not abused by a site that is merely slowed down', () => {
    const slowed = { refused: { closed: 0, connections: 0, bandwidth: 1e6 } };
    expect(run(Array(300).fill(slowed)).flatMap(({ opened }) => opened)).toEqual([]);
  });

  it('is flooded by thousands of new connections over the limit', () => {
    const outcomes = run(Array(10).fill(floods(500)));
    expect(outcomes.flatMap(({ opened }) => opened)[0]?.text).toMatch(
      /^The site floods the network: [\d,]+ new connections were refused, its limit is 20 a second\.$/,
    );
  });

  it('that is abused for three minutes without a pause stops the site', () => {
    const outcomes = run(Array(100).fill(tries(1000)));
    const at = outcomes.findIndex((outcome) => outcome.actions.length > 0);
    expect(at).toBe(90);
    expect(outcomes[at]?.actions).toEqual([
      {
        do: 'hold',
        cause: 'network',
        text: 'The site was stopped: it tried to reach what is closed to it for 3 minutes.',
      },
    ]);
    expect(outcomes.flatMap(({ events }) => events)).toHaveLength(1);
  });

  it('stops a site once, also when it is started again before the next reading', () => {
    expect(actions(run([...Array(91).fill(tries(1000)), tries(1000)]))).toHaveLength(1);
  });

  it('keeps its verdict, in the words of the stop, until somebody starts the site again', () => {
    const [held] = run([{ instanceId: null }], { site: { heldBy: 'network', heldFor: 'It was stopped.' } });
    expect(held?.opened).toMatchObject([{ kind: 'network', level: 'abusive', text: 'It was stopped.' }]);
    expect(held?.actions).toEqual([]);
  });
});

test('nothing is held twice', () => {
  const site = exampleSite({ heldBy: 'admin', heldFor: 'By an admin.' });
  expect(
    actions(
      run([{ appRestarts: 50 }, ...Array(100).fill({ refused: { closed: 1e4, connections: 0, bandwidth: 0 } })], {
        site,
      }),
    ),
  ).toEqual([]);
  expect(site.activeAt).toBe(NOW);
});
