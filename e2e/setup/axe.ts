// Whether a page can be used by everybody, as far as axe can tell: by day and by night.

import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** Elements of Base UI that are hidden and take the focus: each hands it on as soon as it has it. */
const FOCUS_GUARDS = '[data-base-ui-focus-guard]';

export async function expectAccessible(page: Page, what: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page }).exclude(FOCUS_GUARDS).analyze();
    const told = violations.map(
      ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target).join(', ')}`,
    );
    expect(told, `${what} by ${colorScheme}`).toEqual([]);
  }
}
