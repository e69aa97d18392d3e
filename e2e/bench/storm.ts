// The storm of 2013, in full: hundreds of people within a minute, and a few of them mean harm.

import { parseSettings } from '#lib/env.ts';
import { FLOOR } from '../setup/storm/host.ts';
import { storm } from '../setup/storm/storm.ts';
import { BENCH_INSTANCE } from './instance.ts';
import { type Figure, figureOf, summarize } from './measure.ts';

const SIZE = { visitors: 300, seconds: 60, sessions: 10, patienceSeconds: 900, rounds: 5, roundSeconds: 20 };

export async function benchStorm(say: (line: string) => void): Promise<Figure[]> {
  const seen = await storm(parseSettings(BENCH_INSTANCE), SIZE, say);
  for (const line of seen.broken) say(`broken: ${line}`);
  const one = (value: number) => summarize([value]);
  const clicked = one(SIZE.visitors);
  const share = (name: keyof typeof FLOOR, what: string) =>
    figureOf(`storm: ${what}, the least`, '%', one(100 * seen.host[name]), 'the floor', one(100 * FLOOR[name]));
  return [
    figureOf('storm: live sites', 'sites', one(seen.live), 'clicks', clicked),
    figureOf('storm: told that it is full', 'sites', one(seen.refused.length), 'clicks', clicked),
    figureOf('storm: promised and broken', 'sites', one(seen.broken.length), 'clicks', clicked),
    figureOf('storm: click → answer', 'ms', summarize(seen.clickMs), 'the same', summarize(seen.clickMs)),
    figureOf('storm: click → 200', 'ms', summarize(seen.liveMs), 'click → answer', summarize(seen.clickMs)),
    figureOf('storm: clone, push → served', 'ms', summarize(seen.pushMs), 'click → 200', summarize(seen.liveMs)),
    figureOf('p95 beside five attackers', 'ms', summarize(seen.attackedP95Ms), 'without', summarize(seen.calmP95Ms)),
    share('diskFree', 'free of the host’s disk'),
    share('poolFree', 'free of the pool'),
    share('memoryAvailable', 'available memory'),
    share('pidsFree', 'free process ids'),
  ];
}
