import { expect, it } from 'vitest';
import { shownState } from './state-dot.tsx';

const held = { by: 'admin', message: '', hint: '', at: null, byOwner: false } as const;

it.each([
  ['live', { state: 'live', rest: 'awake', held: null }],
  ['asleep', { state: 'live', rest: 'frozen', held: null }],
  ['stopped', { state: 'live', rest: 'stopped', held }],
  ['stopped', { state: 'live', rest: 'awake', held }],
  ['deleting', { state: 'deleting', rest: 'awake', held }],
] as const)('a site is shown as %s', (shown, site) => {
  expect(shownState(site)).toBe(shown);
});
