import { describe, expect, it } from 'vitest';
import { diskSentence } from '#lib/limits/sentences.ts';
import type { SiteView, VerdictView } from '#lib/sites/view.ts';
import { noticesOf } from './notices.ts';

const MB = 1024 ** 2;
const FULL = { kind: 'disk', level: 'over', ...diskSentence('over', { used: 1024 * MB, max: 1024 * MB }), since: '' };

const verdict = (change: Partial<VerdictView>): VerdictView => ({ ...FULL, ...change });
const view = (change: Partial<SiteView> = {}) =>
  ({ state: 'live', problem: null, verdicts: [], ...change }) as unknown as SiteView;

describe('noticesOf', () => {
  it('says nothing about a site that is well', () => {
    expect(noticesOf(view())).toEqual([]);
  });

  it('tells a full disk in the policy’s sentence, with its numbers and what to do', () => {
    expect(noticesOf(view({ verdicts: [FULL] }))).toEqual([
      {
        ...{ id: 'disk', tone: 'bad', hint: expect.stringContaining('SSH') },
        message: 'Disk is full: 1,024 MB of 1,024 MB. Writes fail until you delete files or ask for more.',
      },
    ]);
  });

  it.each([
    ['idle', 'info'],
    ['warn', 'warn'],
    ['throttled', 'warn'],
    ['critical', 'bad'],
    ['over', 'bad'],
    ['storm', 'bad'],
    ['abusive', 'bad'],
    ['expired', 'bad'],
  ])('a verdict that is %s looks %s', (level, tone) => {
    expect(noticesOf(view({ verdicts: [verdict({ level })] }))[0]?.tone).toBe(tone);
  });

  it('keeps the order of the verdicts, after the reason of a failed launch', () => {
    const verdicts = [FULL, verdict({ kind: 'expiry', level: 'warn' })];
    const notices = noticesOf(view({ state: 'failed', problem: 'No disk.', verdicts }));
    expect(notices.map(({ id }) => id)).toEqual(['failed', 'disk', 'expiry']);
    expect(notices[0]?.message).toBe('No disk.');
  });

  it('says of a site that is being removed only that', () => {
    expect(noticesOf(view({ state: 'deleting', verdicts: [FULL] })).map(({ id }) => id)).toEqual(['deleting']);
  });
});
