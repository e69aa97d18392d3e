import { expect, it } from 'vitest';
import { HELD } from '../proxy/proxy.ts';
import { containerStormText, heldWords, siteHeld } from './held.ts';
import { routeTarget, wantedStatus } from './rest.ts';

it('says nothing of a site that is not held', () => {
  expect(heldWords({ heldBy: null, heldFor: null })).toBeNull();
});

it('tells an admin’s reason as one, and says who may start the site again', () => {
  expect(heldWords({ heldBy: 'admin', heldFor: 'Mining.' })).toEqual({
    message: 'An admin stopped the site: Mining.',
    hint: 'Only an admin can start it again.',
  });
  const storm = siteHeld({
    heldBy: 'storm',
    heldFor: 'The site was stopped: its app ended 10 times within 5 minutes.',
  });
  expect(storm).toMatchObject({ code: 'site-held', message: expect.stringContaining('10 times') });
  expect(storm.hint).toContain('Start it again on its page');
});

it('counts the ends of a container, with the last one’s reason when there is one', () => {
  const storm = { ends: 5, minutes: 1 };
  const text = 'The site was stopped: its container ended 5 times within a minute';
  expect(containerStormText(storm, null)).toBe(`${text}.`);
  expect(containerStormText(storm, { exitCode: 137, outOfMemory: true })).toBe(
    `${text}, the last time because it was out of memory.`,
  );
  expect(containerStormText({ ends: 5, minutes: 3 }, { exitCode: 1, outOfMemory: false })).toBe(
    'The site was stopped: its container ended 5 times within 3 minutes, the last time with exit code 1.',
  );
  expect(containerStormText(storm, { exitCode: 127, outOfMemory: false })).toBe(
    `${text}, the last time with exit code 127. Its system files may be gone: clone its repository, and push it to another site.`,
  );
});

it('leaves the container of a storm as it is, stops that of any other hold, and shows visitors one page for all', () => {
  expect(wantedStatus({ rest: 'awake', heldBy: 'storm' })).toBe('left');
  expect(wantedStatus({ rest: 'frozen', heldBy: 'network' })).toBe('stopped');
  expect(wantedStatus({ rest: 'awake', heldBy: 'admin' })).toBe('stopped');
  for (const heldBy of ['storm', 'network', 'admin'] as const) {
    expect(routeTarget({ rest: 'stopped', heldBy, livePort: 8_001 }, null)).toEqual(HELD);
  }
});
