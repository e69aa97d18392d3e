import { describe, expect, it } from 'vitest';
import { renderMotd } from './motd.ts';
import { exampleSite } from './testing/example-site.ts';

const NOW = new Date('2026-01-01T12:00:00Z');
const NOTHING = { usage: null, verdicts: [] };

describe('renderMotd', () => {
  it('tells name, address, usage against limits and the end', () => {
    const site = exampleSite({ expiresAt: new Date('2026-01-02T13:30:00Z') });
    const usage = { diskBytes: 120n * 1024n * 1024n, memoryBytes: 64n * 1024n * 1024n, pids: 9 };
    expect(renderMotd(site, 'http://calm-reef-7.localhost:8080', { usage, verdicts: [] }, NOW).split('\r\n')).toEqual([
      '',
      '  calm-reef-7   http://calm-reef-7.localhost:8080',
      '',
      '  disk       120 MB of 1 GB',
      '  memory     64 MB of 256 MB',
      '  processes  9 of 128',
      '  CPU        0.5 cores',
      '  lives until 2026-01-02 13:30 UTC (25 hours left)',
      '',
      '  You are root here. What you install stays; your app is in /app/current, its log in /run/log.',
      '',
      '',
    ]);
  });

  it('tells what the policy says of the site, in its sentences', () => {
    const verdicts = [
      { text: 'Disk is full: 1,024 MB of 1,024 MB.', hint: 'Delete some.' },
      { text: 'This site ends in 9 minutes.', hint: 'Clone it.' },
    ];
    const text = renderMotd(exampleSite({}), 'x', { usage: null, verdicts }, NOW).replaceAll('\r\n', '\n');
    expect(text).toContain(
      '\n\n  ! Disk is full: 1,024 MB of 1,024 MB.\n    Delete some.\n\n  ! This site ends in 9 minutes.\n    Clone it.\n\n',
    );
  });

  it('leaves out what is not known', () => {
    const text = renderMotd(exampleSite({}), 'http://calm-reef-7.localhost:8080', NOTHING, NOW);
    expect(text).toContain('  disk       1 GB\r\n');
    expect(text).not.toContain('until');
    expect(text.replaceAll('\r\n', '')).not.toContain('\n');
  });

  it.each([
    ['2026-01-01T12:01:30Z', '1 minute left'],
    ['2026-01-01T12:45:00Z', '45 minutes left'],
    ['2026-01-05T12:00:00Z', '4 days left'],
    ['2026-01-01T11:00:00Z', '0 minutes left'],
  ])('says of %s: %s', (end, span) => {
    expect(renderMotd(exampleSite({ expiresAt: new Date(end) }), 'x', NOTHING, NOW)).toContain(`(${span})`);
  });
});
