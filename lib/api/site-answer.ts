// What the API tells about a site: the view that the page shows, and beside it, flat, what a script looks for first.

import type { SiteView } from '../sites/view.ts';

export function siteAnswer(view: SiteView) {
  const { name, state, address, git, ssh, token, limits, expiresAt } = view;
  return { name, state, address, git, ssh, token, limits, expiresAt, site: view };
}
