import { describe, expect, test } from 'vitest';
import type { CheckResult } from './check.ts';
import { explainCheck, explainFailure } from './explain.ts';
import { ReleaseFailure } from './release.ts';

const LIMITS = {
  diskBytesMax: 1024 ** 3,
  memoryBytesMax: 256 * 1024 ** 2,
  pidsMax: 128,
  buildMinutes: 15,
  fullPool: () => null,
};

type Case = [string, ReleaseFailure['step'], number, string[], string, RegExp, RegExp];
const FAILURES: Case[] = [
  [
    'a full disk',
    'unpack',
    2,
    ['tar: x: Cannot write: Disk quota exceeded'],
    'disk-full',
    /1,024 MB|1 GB/,
    /Delete something over SSH/,
  ],
  ['a full tmpfs', 'install', 1, ['OSError: [Errno 28] No space left on device'], 'disk-full', /\/tmp/, /df -h/],
  ['no free process', 'build', 1, ['sh: 1: Cannot fork'], 'build-failed', /limit 128/, /restart/i],
  ['a killed build', 'build', 137, [], 'build-failed', /256 MB/, /less memory/],
  ['a build that takes too long', 'build', 124, [], 'build-failed', /15 minutes/, /smaller/],
  [
    'an installer that fails',
    'install',
    1,
    ['ERROR: No matching distribution found'],
    'build-failed',
    /dependencies/,
    /above/,
  ],
  ['a syntax error', 'check', 1, [], 'build-failed', /syntax error/, /file and the line/],
  ['no supervisor', 'start', 1, [], 'site-not-ready', /supervisor/, /Restart/],
  ['a shell that is gone', 'lost', 127, [], 'site-not-ready', /\/bin\/sh/, /apt-get install/],
  ['a script that was killed', 'lost', 137, [], 'build-failed', /256 MB/, /memory/],
  ['a container that stopped', 'lost', -1, [], 'interrupted', /interrupted/, /Push again/],
  ['a release that is gone', 'missing', 1, [], 'no-earlier-release', /no longer on the disk/, /push its commit/],
];

describe('why a release failed', () => {
  test.each(FAILURES)('%s', (_name, step, code, lines, errorCode, message, hint) => {
    const error = explainFailure(new ReleaseFailure(step, code), lines, LIMITS);
    expect(error.code).toBe(errorCode);
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
  });

  test.each(['tar: x: Cannot write: Disk quota exceeded', 'OSError: [Errno 28] No space left on device'])(
    'a full machine: %s',
    (line) => {
      const limits = { ...LIMITS, fullPool: () => '9.9 GB of 10 GB' };
      const error = explainFailure(new ReleaseFailure('unpack', 2), [line], limits);
      expect(error.code).toBe('disk-full');
      expect(error.message).toBe("The machine's disk is nearly full: 9.9 GB of 10 GB.");
      expect(error.hint).toContain('Push again in a few minutes');
    },
  );

  const CHECKS: [string, CheckResult, RegExp, RegExp][] = [
    ['ends', { kind: 'died', death: { code: 1, signal: 0 } }, /exit code 1/, /above/],
    ['ends well, too early', { kind: 'died', death: { code: 0, signal: 0 } }, /exit code 0/, /keep running/],
    ['is not found', { kind: 'died', death: { code: 127, signal: 0 } }, /127/, /spelling/],
    ['is killed', { kind: 'died', death: { code: 256, signal: 9 } }, /256 MB of memory/, /above/],
    ['answers with errors', { kind: 'error-status', status: 500, tookMs: 3000 }, /with 500/, /below 500/],
    [
      'says nothing',
      { kind: 'silent', fault: 'nothing listens', tookMs: 60_000 },
      /port 8005 after 1 min/,
      /0\.0\.0\.0.*PORT/,
    ],
  ];
  test.each(CHECKS)('a process that %s', (_name, result, message, hint) => {
    const error = explainCheck(result, 8005, LIMITS);
    expect(error?.message).toMatch(message);
    expect(error?.hint).toMatch(hint);
  });

  test('a healthy one has no problem', () => {
    expect(explainCheck({ kind: 'healthy', status: 404, tookMs: 1 }, 8005, LIMITS)).toBeNull();
  });
});
