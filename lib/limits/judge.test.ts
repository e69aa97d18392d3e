import { describe, expect, it, test } from 'vitest';
import { judge, type Outcome } from './judge.ts';
import { type JudgeState, newState, stateOfRows } from './judged.ts';
import { exampleLimits, exampleReading, exampleSite, MB, NOW, run } from './testing/examples.ts';

const LIMITS = exampleLimits();
const levels = (outcomes: Outcome[], kind: 'disk' | 'memory' | 'processes' | 'inodes') =>
  outcomes.map(({ state }) => state.open[kind]?.level ?? null);

test('a site that is well has no verdict, no event and nothing done to it', () => {
  const [outcome] = run([{}]);
  expect(outcome).toMatchObject({ opened: [], changed: [], refreshed: [], released: [], events: [], actions: [] });
  expect(outcome?.state.open).toEqual({});
});

describe('a share of a limit', () => {
  it.each([
    ['disk', 'diskBytes', LIMITS.diskBytesMax],
    ['memory', 'memoryBytes', LIMITS.memoryBytesMax],
    ['processes', 'pids', 10_000],
    ['inodes', 'inodes', LIMITS.inodesMax],
  ] as const)(
    'of %s is told from 80 and from 95 of 100 on, and released by two readings below 75',
    (kind, field, max) => {
      const shares = [
        0.79, 0.8, 0.79, 0.949, 0.951, 0.91, 0.91, 0.89, 0.96, 0.89, 0.89, 0.76, 0.76, 0.74, 0.76, 0.74, 0.74,
      ];
      const outcomes = run(
        shares.map((share) => ({ [field]: Math.ceil(share * max) })),
        { limits: { pidsMax: 10_000 } },
      );
      const [w, c] = ['warn', 'critical'];
      expect(levels(outcomes, kind)).toEqual([null, w, w, w, c, c, c, c, c, c, w, w, w, w, w, w, null]);
    },
  );

  it('is an event at each change of level, and one when it is well again', () => {
    const megabytes = [830, 850, 980, 1024, 300, 300];
    const outcomes = run(megabytes.map((used) => ({ diskBytes: used * MB })));
    expect(outcomes.flatMap(({ events }) => events.map(({ level, text }) => `${level} ${text}`))).toEqual([
      'warn Disk is filling up: 830 MB of 1,024 MB.',
      'critical Disk is nearly full: 980 MB of 1,024 MB.',
      'over Disk is full: 1,024 MB of 1,024 MB. Writes fail until you delete files or ask for more.',
      'info Disk is well again: 300 MB of 1,024 MB.',
    ]);
    expect(outcomes.at(-1)?.released).toEqual(['disk']);
  });

  it('is refreshed in its row no more than every ten seconds, without an event', () => {
    const outcomes = run(Array.from({ length: 11 }, (_, index) => ({ diskBytes: (830 + index) * MB })));
    expect(outcomes.map(({ refreshed }) => refreshed.length)).toEqual([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
    expect(outcomes.flatMap(({ events }) => events)).toHaveLength(1);
    expect(outcomes[5]?.refreshed[0]?.text).toBe('Disk is filling up: 835 MB of 1,024 MB.');
  });
});

test.each([
  [1024 * MB - 4096, 'over'],
  [1024 * MB - 512 * 1024, 'over'],
  [1022 * MB, 'critical'],
])('a disk with %d of 1,024 MB is %s', (diskBytes, level) => {
  expect(levels(run([{ diskBytes }]), 'disk')).toEqual([level]);
});

describe('a refusal of the kernel', () => {
  it.each([
    ['memory', 'oomKills', 'The kernel ended 2 processes: the site asked for more than its 256 MB of memory.'],
    ['processes', 'forksRefused', 'The kernel refused to start 2 processes: all 128 process slots were taken.'],
  ] as const)('of %s opens at once and ends half a minute after the last', (kind, counter, text) => {
    const readings = [{ since: { [counter]: 2 } }, ...Array.from({ length: 17 }, () => ({}))];
    const outcomes = run(readings);
    expect(outcomes[0]?.opened).toMatchObject([{ kind, level: 'over', text, numbers: { refused: 2 } }]);
    expect(outcomes[0]?.events).toHaveLength(1);
    expect(levels(outcomes, kind).slice(0, 16)).toEqual(Array(16).fill('over'));
    expect(levels(outcomes, kind).at(-1)).toBeNull();
    expect(outcomes.flatMap(({ released }) => released)).toEqual([kind]);
  });

  it('is counted together with those that follow, in one verdict and one event', () => {
    const outcomes = run(Array.from({ length: 40 }, () => ({ since: { oomKills: 1 } })));
    expect(outcomes.flatMap(({ events }) => events)).toHaveLength(1);
    expect(outcomes.at(-1)?.state.open.memory?.numbers.refused).toBe(40);
    expect(outcomes.flatMap(({ refreshed }) => refreshed).at(-1)?.text).toMatch(/^The kernel ended \d\d processes/);
  });

  it('is not lost with the readings between two judgements', () => {
    const first = judge(LIMITS, exampleReading({ counters: { oomKills: 3 } }), newState(), NOW, exampleSite());
    const reading = exampleReading({ counters: { oomKills: 8 }, since: { oomKills: 1 } });
    const second = judge(LIMITS, reading, first.state, NOW, exampleSite());
    expect(second.opened).toMatchObject([{ kind: 'memory', numbers: { refused: 5 } }]);
  });

  it('of another container is counted from its start', () => {
    const first = judge(LIMITS, exampleReading({ counters: { oomKills: 3 } }), newState(), NOW, exampleSite());
    const reading = exampleReading({
      instanceId: 'another',
      spanMs: 0,
      counters: { oomKills: 1 },
      since: { oomKills: 0 },
    });
    expect(judge(LIMITS, reading, first.state, NOW, exampleSite()).opened).toEqual([]);
  });
});

describe('the CPU limit', () => {
  const busy = { throttledShare: 1, cpuMillis: 1_000 };

  it('is told when it held the site back for most of a minute, not for a few busy readings', () => {
    const outcomes = run([...Array(10).fill(busy), ...Array(10).fill({}), ...Array(25).fill(busy)]);
    const first = outcomes.findIndex(({ opened }) => opened.length > 0);
    expect(first).toBeGreaterThan(30);
    expect(outcomes[first]?.opened).toMatchObject([{ kind: 'cpu', level: 'throttled' }]);
    expect(outcomes[first]?.opened[0]?.text).toContain('more than its 1 core.');
  });

  it('opens within 40 seconds of a loop, and is released within a minute of its end', () => {
    const outcomes = run([...Array(20).fill(busy), ...Array(30).fill({})]);
    expect(outcomes.findIndex(({ opened }) => opened.length > 0)).toBeLessThan(20);
    expect(outcomes.flatMap(({ released }) => released)).toEqual(['cpu']);
  });
});

describe('the log', () => {
  it('is flooded at once by megabytes a second, and quiet again soon after', () => {
    const outcomes = run([{ logBytesPerSecond: 12 * MB }, ...Array(40).fill({})]);
    expect(outcomes[0]?.events[0]?.text).toBe(
      'The log is flooded: the app writes 12 MB a second, and only the newest 2 MB are kept.',
    );
    expect(outcomes.flatMap(({ released }) => released)).toEqual(['log']);
  });

  it('is not flooded by a talkative app, or by one loud moment', () => {
    const quiet = run([{ logBytesPerSecond: 300_000 }, ...Array(40).fill({ logBytesPerSecond: 50_000 })]);
    expect(quiet.flatMap(({ opened }) => opened)).toEqual([]);
  });
});

describe('too many files', () => {
  const over = { inodes: LIMITS.inodesMax + 1 };

  it('hold the disk once, and free it when a tenth is gone', () => {
    const [outcome] = run([over]);
    const text =
      'Too many files: 200,001 of 200,000 files and folders. The disk takes nothing more until you delete some or ask for more.';
    expect(outcome?.actions).toEqual([{ do: 'hold-disk', text }]);
    const held = { site: { diskHeldFor: text }, state: outcome?.state ?? newState() };
    const later = run([over, { inodes: 185_000 }, { inodes: 179_000 }, { inodes: 179_000 }], held);
    expect(later.map(({ actions }) => actions)).toEqual([[], [], [], [{ do: 'release-disk' }]]);
  });

  it('are not known before they were counted', () => {
    const outcomes = run([{ inodes: null }], { site: { diskHeldFor: 'Too many files.' } });
    expect(outcomes[0]).toMatchObject({ opened: [], actions: [] });
  });

  it('do not free a disk that is held for the machine’s sake, which the page tells as a full disk', () => {
    const text = "The machine's disk is nearly full: 9.2 GB of 10 GB. This site grew the fastest.";
    const [outcome] = run([{ inodes: 5 }], { site: { diskHeldFor: text } });
    expect(outcome?.actions).toEqual([]);
    expect(outcome?.opened).toMatchObject([{ kind: 'disk', level: 'over', text }]);
  });
});

test('a tenant that fills and empties his disk for an hour writes few events, and the verdict stays true', () => {
  const rounds = Array.from({ length: 1800 }, (_, index) => ({ diskBytes: (index % 4 < 2 ? 1024 : 10) * MB }));
  const outcomes = run(rounds);
  expect(outcomes.flatMap(({ events }) => events).length).toBeLessThanOrEqual(6 + 120);
  expect(levels(outcomes, 'disk').slice(0, 8)).toEqual(['over', 'over', 'over', null, 'over', 'over', 'over', null]);
});

test('a keeper that starts anew tells nothing again of what is open, and its memory is JSON', () => {
  const [full] = run([{ diskBytes: 1024 * MB, memoryBytes: 250 * MB, since: { oomKills: 1 } }]);
  const rows = Object.values(full?.state.open ?? {}).map((open) => ({ ...open, since: new Date(open.since) }));
  const state = stateOfRows(rows, NOW);
  expect(JSON.parse(JSON.stringify(state)) as JudgeState).toEqual(state);
  const [again] = run([{ diskBytes: 1024 * MB, memoryBytes: 250 * MB }], { state });
  expect(again).toMatchObject({ opened: [], changed: [], released: [], events: [] });
});

test('without a reading what is open stays open, and nothing is said', () => {
  const [full] = run([{ diskBytes: 1024 * MB }]);
  const next = judge(LIMITS, null, full?.state ?? newState(), NOW, exampleSite());
  expect(next).toMatchObject({ opened: [], released: [], events: [], actions: [] });
  expect(next.state.open.disk?.level).toBe('over');
});
