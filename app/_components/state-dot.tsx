// A site's state as a dot of light. The word stands beside it wherever it is used: colour alone says nothing.

import type { SiteView } from '#lib/sites/view.ts';

type State = SiteView['state'] | 'asleep';

/** What is shown of a site: a live one may sleep. */
export function shownState({ state, rest, held }: Pick<SiteView, 'state' | 'rest' | 'held'>): State {
  return state === 'live' && rest !== 'awake' && !held ? 'asleep' : state;
}

export const STATE_WORDS: Record<State, string> = {
  launching: 'Launching',
  live: 'Live',
  asleep: 'Asleep',
  failed: 'Launch failed',
  deleting: 'Being removed',
};

/** Of a live site that is stopped until somebody starts it again. */
export const HELD_WORD = 'Stopped';

const COLOURS: Record<State, string> = {
  launching: 'bg-beam motion-safe:animate-pulse',
  live: 'bg-good shadow-[0_0_0_4px_color-mix(in_srgb,var(--good)_22%,transparent)]',
  asleep: 'border-2 border-muted',
  failed: 'bg-bad',
  deleting: 'bg-muted',
};

export function StateDot({ state, isHeld = false }: { state: State; isHeld?: boolean }) {
  const colour = isHeld ? COLOURS.failed : COLOURS[state];
  return <span aria-hidden="true" className={`inline-block size-3 shrink-0 rounded-full ${colour}`} />;
}
