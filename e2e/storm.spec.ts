// The storm of 2013 in a bounded form; in full it is `npm run bench -- storm`.

import { untilConverged } from './setup/check-state.ts';
import { expect, test } from './setup/fixtures.ts';
import { SETTINGS } from './setup/host-state.ts';
import { FLOOR } from './setup/storm/host.ts';
import { storm } from './setup/storm/storm.ts';

/** More than the instance's disk can be promised to. */
const SIZE = { visitors: 40, seconds: 8, sessions: 4, patienceSeconds: 240, rounds: 2, roundSeconds: 6 };

test('more people than the machine has room for come at once, five of them attack, and nobody is let down', async () => {
  test.setTimeout(600_000);
  // Of whom was there before nothing is promised any more.
  await untilConverged(undefined, { msMax: 60_000 });
  const lines: string[] = [];
  const seen = await storm(SETTINGS, SIZE, (line) => lines.push(line));

  expect(seen.broken, lines.join('\n')).toEqual([]);
  expect(seen.live + seen.refused.length).toBe(SIZE.visitors);
  expect(seen.live).toBeGreaterThan(SIZE.visitors / 2);
  expect(seen.refused.length, 'the last ones found it full').toBeGreaterThan(0);
  for (const { status, text } of seen.refused) {
    expect(status).toBe(503);
    expect(text).toMatch(/This machine is full: [\d.,]+ \wB of [\d.,]+ \wB of its (disk|memory) is promised/);
    expect(text).toContain('Try again in a few minutes');
  }
  for (const [name, floor] of Object.entries(FLOOR)) {
    expect(seen.host[name as keyof typeof FLOOR], name).toBeGreaterThan(floor);
  }
  // How much slower exactly is the bench's to say: here, that nobody waits.
  expect(Math.min(...seen.attackedP95Ms), lines.join('\n')).toBeLessThan(1_000);
  test.info().annotations.push({ type: 'storm', description: lines.join('; ') });
});
