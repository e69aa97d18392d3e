// A site's page in states that are rare or short: told by an event, as the stream would.

import type { Page } from '@playwright/test';
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
  'disk is full': ({ limits, usage }) => ({ usage: { ...usage, diskBytes: limits.diskBytes, pids: limits.pids } }),
  'nearly full': ({ limits, usage }) => ({ usage: { ...usage, diskBytes: limits.diskBytes * 0.9 } }),
  'ends in': () => ({ expiresAt: new Date(Date.now() + 30 * 60_000).toISOString() }),
  'being removed': () => ({ state: 'deleting' }),
};
