// A site's page in states that are rare or short: told by an event, as the stream would.

import type { Page } from '@playwright/test';
import { diskSentence, expirySentence, idleSentence, type Sentence } from '#lib/limits/sentences.ts';
import type { Site } from './fixtures.ts';

export interface View {
  limits: { diskBytes: number; pids: number };
  usage: object | null;
}

/** Opens the site's page and shows it with the changes to what the API really tells. */
export async function showAs(page: Page, site: Site, change: (view: View) => object): Promise<void> {
  const answer = await page.request.get(`/api/sites/${site.name}`);
  const { site: view } = (await answer.json()) as { site: View };
  await page.addInitScript(
    (data) => {
      class OneEvent extends EventTarget {
        constructor() {
          super();
          setTimeout(() => this.dispatchEvent(new MessageEvent('site', { data })), 0);
        }
        close() {}
      }
      Object.assign(window, { EventSource: OneEvent });
    },
    JSON.stringify({ ...view, ...change(view) }),
  );
  await page.goto(`/sites/${site.name}`);
}

function verdict(kind: string, level: string, sentence: Sentence) {
  return { kind, level, ...sentence, since: new Date().toISOString() };
}

/** What the page then says, and the changes that make it say so. */
export const STATES: Record<string, (view: View) => object> = {
  'on its way': () => ({
    state: 'launching',
    launchSteps: ['Disk with its limit (0.03 s)', 'Container with its limits'],
  }),
  'Launch failed': () => ({
    state: 'failed',
    problem: 'The engine does not answer.',
    launchSteps: ['Disk with its limit (0.03 s)', 'Container with its limits'],
  }),
  'Disk is full': ({ limits, usage }) => ({
    usage: { ...usage, diskBytes: limits.diskBytes, pids: limits.pids },
    verdicts: [verdict('disk', 'over', diskSentence('over', { used: limits.diskBytes, max: limits.diskBytes }))],
  }),
  'nearly full': ({ limits, usage }) => {
    const diskBytes = limits.diskBytes * 0.96;
    const sentence = diskSentence('critical', { used: diskBytes, max: limits.diskBytes });
    return { usage: { ...usage, diskBytes }, verdicts: [verdict('disk', 'critical', sentence)] };
  },
  'The site sleeps': () => ({ verdicts: [verdict('idle', 'idle', idleSentence(30))] }),
  'ends in': () => ({
    expiresAt: new Date(Date.now() + 30 * 60_000).toISOString(),
    verdicts: [verdict('expiry', 'warn', expirySentence(30))],
  }),
  'being removed': () => ({ state: 'deleting' }),
};
