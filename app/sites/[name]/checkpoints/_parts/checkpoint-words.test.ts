import { expect, test } from 'vitest';
import type { CheckpointView } from '#lib/checkpoints/view.ts';
import { causeOf, releaseOf, releasesAfter, titleOf, wayBackOf } from './checkpoint-words.ts';

const checkpoint: CheckpointView = {
  id: '1',
  cause: 'manual',
  label: null,
  status: 'ready',
  problem: null,
  release: { number: 2, subject: 'Say hello' },
  heldBytes: null,
  createdAt: '2026-01-01T00:00:00.000Z',
};

test('a label is the title, and the cause stands beside it', () => {
  expect([titleOf(checkpoint), causeOf(checkpoint)]).toEqual(['Made by hand', null]);
  const labelled = { ...checkpoint, label: 'v1' };
  expect([titleOf(labelled), causeOf(labelled)]).toEqual(['v1', 'Made by hand']);
});

test('the release that was live is named by its number and commit', () => {
  expect(releaseOf(checkpoint)).toBe('Release 2: Say hello');
  expect(releaseOf({ release: { number: 1, subject: null } })).toBe('Release 1');
  expect(releaseOf({ release: null })).toBeNull();
});

test('what becomes of releases is said with their numbers', () => {
  const deployments = [4, 3, 2, 1].map((number) => ({ number, status: number === 4 ? 'failed' : 'succeeded' }));
  expect(releasesAfter({ liveDeployment: 2, deployments }, checkpoint)).toBe('The live release stays the same.');
  expect(releasesAfter({ liveDeployment: 3, deployments }, checkpoint)).toBe(
    'Release 2 is live again; the one after it is in the history only.',
  );
  expect(releasesAfter({ liveDeployment: 1, deployments: [] }, checkpoint)).toBe('Release 2 is live again.');
});

test('a restore can be taken back while nothing newer was kept', () => {
  const before = { ...checkpoint, cause: 'restore' as const };
  expect(wayBackOf([before, checkpoint])).toBe(before);
  expect(wayBackOf([checkpoint, before])).toBeNull();
  expect(wayBackOf([{ ...before, status: 'making' }])).toBeNull();
  expect(wayBackOf([])).toBeNull();
});
