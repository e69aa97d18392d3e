import { describe, expect, it } from 'vitest';
import { createPenalties, sourceOf } from './penalties.ts';

describe('penalties', () => {
  it('refuse a source from its third connection of wrong guesses on, until they have passed', () => {
    const penalties = createPenalties();
    penalties.add('a', 'wrong-guesses', 0);
    penalties.add('a', 'wrong-guesses', 0);
    expect(penalties.isRefused('a', 0)).toBe(false);
    penalties.add('a', 'wrong-guesses', 0);
    expect(penalties.isRefused('a', 0)).toBe(true);
    expect(penalties.isRefused('a', 14_999)).toBe(true);
    expect(penalties.isRefused('a', 15_000)).toBe(false);
    expect(penalties.isRefused('b', 0)).toBe(false);
  });

  it('lock nobody out for more than a minute, whatever came before', () => {
    const penalties = createPenalties();
    for (let round = 0; round < 1_000; round += 1) penalties.add('a', 'grace-exceeded', round);
    expect(penalties.isRefused('a', 60_000)).toBe(true);
    expect(penalties.isRefused('a', 61_000)).toBe(false);
  });

  it('are forgotten at a login', () => {
    const penalties = createPenalties();
    for (let round = 0; round < 9; round += 1) penalties.add('a', 'wrong-guesses', 0);
    penalties.clear('a');
    expect(penalties.isRefused('a', 0)).toBe(false);
  });

  it('remember a bounded number of sources', () => {
    const penalties = createPenalties();
    for (let round = 0; round < 3; round += 1) penalties.add('first', 'wrong-guesses', 0);
    for (let source = 0; source < 10_000; source += 1) penalties.add(`s${source}`, 'wrong-guesses', 0);
    expect(penalties.isRefused('first', 0)).toBe(false);
  });
});

describe('sourceOf', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::6', '2001:db8:0:0::/64'],
    ['127.0.0.1', null],
    ['::ffff:127.0.0.1', null],
    ['::1', null],
  ])('makes %s the source %s', (address, source) => {
    expect(sourceOf(address)).toBe(source);
  });
});
