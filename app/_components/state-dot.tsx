// A site's state as a dot of light. The word stands beside it wherever it is used: colour alone says nothing.

import type { SiteView } from '#lib/sites/view.ts';

type State = SiteView['state'] | 'asleep' | 'stopped';

/** What is shown of a site: a live one may sleep, or be stopped until somebody starts it again. */
export function shownState({ state, rest, held }: Pick<SiteView, 'state' | 'rest' | 'held'>): State {
  if (state !== 'live') return state;
  if (held) return 'stopped';
  return rest === 'awake' ? 'live' : 'asleep';
}

export const STATE_WORDS: Record<State, string> = {
  launching: 'Launching',
  live: 'Live',
  asleep: 'Asleep',
  stopped: 'Stopped',
  failed: 'Launch failed',
  deleting: 'Being removed',
};

const COLOURS: Record<State, string> = {
  launching: 'bg-beam motion-safe:animate-pulse',
  live: 'bg-good shadow-[0_0_0_4px_color-mix(in_srgb,var(--good)_22%,transparent)]',
  asleep: 'border-2 border-muted',
  stopped: 'bg-bad',
  failed: 'bg-bad',
  deleting: 'bg-muted',
};

export function StateDot({ state }: { state: State }) {
  return <span aria-hidden="true" className={`inline-block size-3 shrink-0 rounded-full ${COLOURS[state]}`} />;
}
