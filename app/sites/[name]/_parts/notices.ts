// What the page has to say about a site that is not simply well: its state, and what the limits policy says of it in the
// sentences that events, alerts and the SSH message of the day show too.

import type { SiteView, VerdictView } from '#lib/sites/view.ts';

export interface SiteNotice {
  id: string;
  tone: 'info' | 'warn' | 'bad';
  message: string;
  hint: string;
}

const TONES: Record<string, SiteNotice['tone']> = { idle: 'info', warn: 'warn', throttled: 'warn' };

export function noticesOf(view: SiteView): SiteNotice[] {
  const state = stateNotice(view);
  // Why a site is held is said once, beside the button that starts it again.
  const others = view.verdicts.filter(({ text }) => text !== view.held?.message);
  const verdicts = view.state === 'deleting' ? [] : others.map(verdictNotice);
  return [...(state ? [state] : []), ...verdicts];
}

function verdictNotice({ kind, level, text, hint }: VerdictView): SiteNotice {
  return { id: kind, tone: TONES[level] ?? 'bad', message: text, hint };
}

function stateNotice({ state, problem, restoring }: SiteView): SiteNotice | null {
  if (restoring) {
    return {
      id: 'restoring',
      tone: 'info',
      message: 'This site is going back to a checkpoint.',
      hint: 'Visitors wait for some seconds. Deployments and sessions can start again when it is done.',
    };
  }
  if (state === 'failed') {
    return {
      id: 'failed',
      tone: 'bad',
      message: problem ?? 'The launch failed.',
      hint: 'It is tried again by itself; you can also delete the site in its settings and launch another.',
    };
  }
  if (state !== 'deleting') return null;
  return {
    id: 'deleting',
    tone: 'warn',
    message: 'This site is being removed.',
    hint: 'Its disk and its address go with it.',
  };
}
