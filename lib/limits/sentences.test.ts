import { expect, it } from 'vitest';
import * as sentences from './sentences.ts';

const MB = 1024 ** 2;

it.each([
  [sentences.diskSentence('warn', { used: 830 * MB, max: 1024 * MB }), 'Disk is filling up: 830 MB of 1,024 MB.'],
  [sentences.diskSentence('critical', { used: 980 * MB, max: 1024 * MB }), 'Disk is nearly full: 980 MB of 1,024 MB.'],
  [
    sentences.diskSentence('over', { used: 1024 * MB, max: 1024 * MB }),
    'Disk is full: 1,024 MB of 1,024 MB. Writes fail until you delete files or ask for more.',
  ],
  [
    sentences.inodesSentence('warn', { used: 170_000, max: 200_000 }),
    'Many files: 170,000 of 200,000 files and folders.',
  ],
  [
    sentences.inodesSentence('over', { used: 200_003, max: 200_000 }),
    'Too many files: 200,003 of 200,000 files and folders. The disk takes nothing more until you delete some or ask for more.',
  ],
  [
    sentences.memorySentence('warn', { used: 210 * MB, max: 256 * MB, refused: 0 }),
    'Memory is filling up: 210 MB of 256 MB.',
  ],
  [
    sentences.memorySentence('over', { used: 20 * MB, max: 256 * MB, refused: 1 }),
    'The kernel ended 1 process: the site asked for more than its 256 MB of memory.',
  ],
  [
    sentences.processesSentence('critical', { used: 123, max: 128, refused: 0 }),
    'Nearly all process slots are taken: 123 of 128.',
  ],
  [
    sentences.processesSentence('over', { used: 128, max: 128, refused: 12_345 }),
    'The kernel refused to start 12,345 processes: all 128 process slots were taken.',
  ],
  [
    sentences.cpuSentence({ max: 1_000 }),
    'The CPU limit slows the site down: for most of the last minute it wanted more than its 1 core.',
  ],
  [
    sentences.cpuSentence({ max: 500 }),
    'The CPU limit slows the site down: for most of the last minute it wanted more than its 0.5 cores.',
  ],
  [
    sentences.networkSentence('connections', { refused: 3_000, max: 20 }),
    'The site floods the network: 3,000 new connections were refused, its limit is 20 a second.',
  ],
  [
    sentences.networkSentence('closed', { refused: 1, max: 20 }),
    'The site tries to reach what is closed to it: 1 attempt was refused.',
  ],
  [sentences.stormSentence({ ends: 10, minutes: 5 }), 'The site was stopped: its app ended 10 times within 5 minutes.'],
  [sentences.idleSentence(30), 'The site sleeps: nobody asked for it for 30 minutes.'],
  [sentences.expirySentence(1), 'This site ends in 1 minute.'],
])('%j says %j, and one next step', ({ text, hint }, expected) => {
  expect(text).toBe(expected);
  expect(hint).toMatch(/^[A-Z].*\.$/);
});

it('tells of every measured kind that it is well again, with its numbers', () => {
  expect(sentences.wellSentence('disk', { used: 300 * MB, max: 1024 * MB })).toBe(
    'Disk is well again: 300 MB of 1,024 MB.',
  );
  expect(sentences.wellSentence('processes', { used: 9, max: 128 })).toBe('Processes are well again: 9 of 128.');
  for (const kind of ['memory', 'inodes', 'cpu', 'log', 'network'])
    expect(sentences.wellSentence(kind, {})).toMatch(/\.$/);
  for (const kind of ['idle', 'expiry', 'restarts']) expect(sentences.wellSentence(kind, {})).toBeNull();
});
