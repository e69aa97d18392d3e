import { describe, expect, it } from 'vitest';
import type { SiteView } from '#lib/sites/view.ts';
import { noticesOf } from './notices.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const MB = 1024 ** 2;

function view(change: Partial<SiteView> = {}, used: Partial<NonNullable<SiteView['usage']>> = {}): SiteView {
  return {
    state: 'live',
    problem: null,
    expiresAt: null,
    limits: { diskBytes: 1000 * MB, inodes: 1, memoryBytes: 256 * MB, cpuMillis: 1000, pids: 100, openFiles: 1 },
    usage: { diskBytes: MB, memoryBytes: MB, pids: 5, cpuMicros: 0, readAt: '', ...used },
    ...change,
  } as SiteView;
}
const ids = (site: SiteView) => noticesOf(site, NOW).map(({ id, tone }) => `${id} ${tone}`);

describe('noticesOf', () => {
  it('says nothing about a site that is well', () => {
    expect(noticesOf(view(), NOW)).toEqual([]);
  });

  it.each([
    [799, []],
    [800, ['disk warn']],
    [950, ['disk bad']],
    [1001, ['disk bad']],
  ])('with %i of 1,000 MB on the disk says %j', (megabytes, expected) => {
    expect(ids(view({}, { diskBytes: megabytes * MB }))).toEqual(expected);
  });

  it('tells a full disk with its numbers and what to do', () => {
    const [notice] = noticesOf(view({}, { diskBytes: 1000 * MB }), NOW);
    expect(notice?.message).toContain('1,000 MB of 1,000 MB');
    expect(notice?.hint).toContain('SSH');
  });

  it('warns about memory and processes at their limits', () => {
    expect(ids(view({}, { memoryBytes: 250 * MB, pids: 100 }))).toEqual(['memory warn', 'processes warn']);
  });

  it('warns in the last hour, in whole minutes', () => {
    const [notice] = noticesOf(view({ expiresAt: '2026-11-23T12:00:30Z' }), NOW);
    expect(notice?.message).toBe('This site ends in 1 minute.');
    expect(ids(view({ expiresAt: '2026-11-23T13:00:01Z' }))).toEqual([]);
  });

  it('gives the reason of a failed launch first', () => {
    expect(noticesOf(view({ state: 'failed', problem: 'No disk.' }), NOW)[0]?.message).toBe('No disk.');
  });
});
