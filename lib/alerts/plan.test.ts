import { expect, test } from 'vitest';
import type { TellableEvent } from './channel.ts';
import { hears } from './channel.ts';
import { BRAKE_MAX, type Draft, type EarlierMessage, LINES_MAX, planMessages, REST, SOON_MS } from './plan.ts';
import { ATTEMPTS_MAX, retryMs } from './retry.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const MINUTE_MS = 60_000;
const DISK = 'Disk is full: 1,024 MB of 1,024 MB. Writes fail until you delete files or ask for more.';

let ids = 0;
function event(change: Partial<TellableEvent> = {}): TellableEvent {
  ids += 1;
  const site = { siteId: 'site-1', site: 'calm-harbor', ownerId: 'user-1' };
  return { id: `event-${ids}`, ...site, kind: 'disk', level: 'over', text: DISK, at: NOW, ...change };
}

/** What the database would answer after these drafts, with the clock moved on. */
function told(drafts: Draft[], at: Date, open = false): EarlierMessage[] {
  return drafts.map((draft, index) => ({ ...draft, id: `message-${index}`, at, open }));
}

test.each([
  ['a user hears of his own site', { ownerId: 'user-1', level: 'critical' }, {}, true],
  ['and not of another one’s', { ownerId: 'user-2', level: 'warn' }, {}, false],
  ['and not of the machine', { ownerId: 'user-1', level: 'warn' }, { siteId: null, ownerId: null }, false],
  ['an admin hears of every site', { ownerId: null, level: 'critical' }, {}, true],
  ['and of the machine', { ownerId: null, level: 'critical' }, { siteId: null, ownerId: null }, true],
  ['a lower level than the channel’s is not told', { ownerId: 'user-1', level: 'over' }, { level: 'critical' }, false],
  ['the channel’s own level is', { ownerId: 'user-1', level: 'critical' }, { level: 'critical' }, true],
  ['throttling counts as a warning', { ownerId: 'user-1', level: 'critical' }, { level: 'throttled' }, false],
  ['a storm counts as the worst', { ownerId: 'user-1', level: 'over' }, { level: 'storm' }, true],
  [
    'a failed deployment is always told',
    { ownerId: 'user-1', level: 'over' },
    { kind: 'deployment-failed', level: 'critical' },
    true,
  ],
  ['a coming end is always told', { ownerId: 'user-1', level: 'over' }, { kind: 'expiry', level: 'warn' }, true],
  ['that it is well again is not', { ownerId: 'user-1', level: 'warn' }, { level: 'info' }, false],
])('%s', (_, channel, change, expected) => {
  expect(hears(channel, event(change))).toBe(expected);
});

test('the first event of a group goes within seconds', () => {
  const [draft, ...more] = planMessages([], [event()], NOW);
  expect(more).toEqual([]);
  expect(draft).toMatchObject({ id: null, group: 'site-1:disk', count: 1, dueAt: new Date(NOW.getTime() + SOON_MS) });
  expect(draft?.lines).toEqual([
    { site: 'calm-harbor', kind: 'disk', level: 'over', text: DISK, at: NOW.toISOString(), times: 1 },
  ]);
});

test('a burst is one message, in which the same sentence is a line that counts', () => {
  const burst = Array.from({ length: 50 }, (_, index) => event({ text: index % 2 ? DISK : 'Disk is nearly full.' }));
  const [draft, ...more] = planMessages([], burst, NOW);
  expect(more).toEqual([]);
  expect(draft?.count).toBe(50);
  expect(draft?.lines.map(({ times }) => times)).toEqual([25, 25]);
});

test('a message has a bounded number of lines, and counts the others', () => {
  const burst = Array.from({ length: 50 }, (_, index) => event({ text: `Disk is full: ${index} MB.` }));
  const [draft] = planMessages([], burst, NOW);
  expect(draft?.count).toBe(50);
  expect(draft?.lines).toHaveLength(LINES_MAX);
});

test('what comes before the message is tried goes into it, and its time stays', () => {
  const before = told(planMessages([], [event()], NOW), NOW, true);
  expect(planMessages(before, [event()], NOW)).toMatchObject([
    { id: 'message-0', count: 2, dueAt: new Date(NOW.getTime() + SOON_MS) },
  ]);
});

test('what comes after a message was tried is another one', () => {
  const before = told(planMessages([], [event()], NOW), NOW);
  expect(planMessages(before, [event()], NOW)).toMatchObject([{ id: null, count: 1 }]);
});

test('other kinds and other sites are other messages', () => {
  const drafts = planMessages([], [event(), event({ kind: 'memory' }), event({ siteId: 'site-2' })], NOW);
  expect(drafts.map(({ group }) => group)).toEqual(['site-1:disk', 'site-1:memory', 'site-2:disk']);
});

test('the second message of a group waits five minutes, the next ones longer, an hour at the most', () => {
  const sent: EarlierMessage[] = [];
  const pauses: number[] = [];
  let now = NOW;
  for (let round = 0; round < 8; round += 1) {
    const [draft] = planMessages(sent, [event()], now);
    if (!draft) throw new Error('nothing was planned');
    pauses.push((draft.dueAt.getTime() - now.getTime()) / MINUTE_MS);
    now = draft.dueAt;
    sent.push(...told([draft], now));
  }
  expect(pauses).toEqual([SOON_MS / MINUTE_MS, 5, 10, 20, 40, 60, 60, 60]);
});

test('a group that was quiet for six hours is told of at once again', () => {
  const sent = told(planMessages([], [event()], NOW), NOW);
  const later = new Date(NOW.getTime() + 6 * 60 * MINUTE_MS + 1);
  expect(planMessages(sent, [event()], later)[0]?.dueAt).toEqual(new Date(later.getTime() + SOON_MS));
});

test('a pause counts from the last message, not from the event', () => {
  const sent = told(planMessages([], [event()], NOW), NOW);
  const later = new Date(NOW.getTime() + 4 * MINUTE_MS);
  expect(planMessages(sent, [event()], later)[0]?.dueAt).toEqual(new Date(NOW.getTime() + 5 * MINUTE_MS));
});

test('what is worse than all that was told goes soon, also when a summary waits already', () => {
  const critical = event({ level: 'critical', text: 'Disk is nearly full.' });
  const sent = told(planMessages([], [critical], NOW), NOW);
  const later = new Date(NOW.getTime() + 10_000);
  const soon = new Date(later.getTime() + SOON_MS);
  expect(planMessages(sent, [event()], later)).toMatchObject([{ id: null, dueAt: soon }]);
  const waiting = told(planMessages(sent, [critical], later), later, true);
  expect(planMessages([...sent, ...waiting], [event()], later)).toMatchObject([
    { id: 'message-0', count: 2, dueAt: soon },
  ]);
  const worst = [...sent, ...told(planMessages(sent, [event()], later), later)];
  for (const next of [critical, event()]) {
    expect(planMessages(worst, [next], later)[0]?.dueAt.getTime()).toBeGreaterThan(soon.getTime() + 60_000);
  }
});

test('past the brake everything goes into one summary, when the brake lets go', () => {
  const many = Array.from({ length: 100 }, (_, index) => event({ siteId: `site-${index}`, site: `harbor-${index}` }));
  const drafts = planMessages([], many, NOW);
  expect(drafts).toHaveLength(BRAKE_MAX + 1);
  expect(drafts.at(-1)).toMatchObject({ group: REST, count: 100 - BRAKE_MAX });
  const sent = told(drafts.slice(0, BRAKE_MAX), NOW);
  const later = new Date(NOW.getTime() + 10 * MINUTE_MS);
  const [rest, ...more] = planMessages(sent, [event({ siteId: 'late' }), event({ siteId: 'later' })], later);
  expect(more).toEqual([]);
  expect(rest).toMatchObject({ group: REST, count: 2, dueAt: new Date(NOW.getTime() + 60 * MINUTE_MS) });
  const free = new Date(NOW.getTime() + 61 * MINUTE_MS);
  expect(planMessages(sent, [event({ siteId: 'last' })], free)).toMatchObject([{ group: 'last:disk' }]);
});

test('the machine’s own events wait behind no site’s, however many of those there were', () => {
  const many = Array.from({ length: 100 }, (_, index) => event({ siteId: `site-${index}`, site: `harbor-${index}` }));
  const drafts = planMessages([], many, NOW);
  const machine = event({ siteId: null, site: null, ownerId: null, kind: 'pool' });
  const [rest] = drafts.filter(({ group }) => group === REST);
  if (!rest) throw new Error('nothing was braked');
  const sent = told(drafts.slice(0, BRAKE_MAX), NOW);
  const earlier = [...sent, { ...rest, id: 'rest', at: NOW, open: true }];
  const soon = new Date(NOW.getTime() + SOON_MS);
  for (const before of [sent, earlier]) {
    expect(planMessages(before, [machine], NOW)).toMatchObject([{ id: null, group: 'machine:pool', dueAt: soon }]);
  }
  expect(planMessages([], [...many, machine], NOW).at(-1)).toMatchObject({ group: 'machine:pool', dueAt: soon });
});

test('a delivery is tried for hours, with longer and longer pauses', () => {
  const seconds = Array.from({ length: ATTEMPTS_MAX }, (_, index) => (retryMs(index + 1) ?? 0) / 1000);
  expect(seconds).toEqual([10, 30, 90, 270, 810, 2430, 3600, 0]);
  expect(retryMs(ATTEMPTS_MAX)).toBeNull();
});
