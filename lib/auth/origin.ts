// The wall against requests that another web page makes with a visitor's cookies. SameSite=Lax is the first wall, but
// all sites of `localhost` (or of one registrable domain) are the same site to a browser, and tenants write their pages.

import { AppError } from '../errors/app-error.ts';

/**
 * Throws `foreign-origin` unless the request comes from our own pages or from something that is not a browser.
 * Browsers send Origin with everything but GET and HEAD (Fetch standard, 3.2), and newer ones Sec-Fetch-Site too.
 */
export function checkOrigin(appUrl: string, headers: Headers): void {
  if (isOurOrigin(appUrl, headers)) return;
  throw new AppError('foreign-origin', {
    message: 'This request came from another web page.',
    hint: `Do it from ${appUrl}.`,
    details: { origin: headers.get('origin'), fetchSite: headers.get('sec-fetch-site') },
  });
}

function isOurOrigin(appUrl: string, headers: Headers): boolean {
  const origin = headers.get('origin');
  if (origin === null) {
    const from = headers.get('sec-fetch-site');
    return from === null || from === 'same-origin' || from === 'none';
  }
  if (origin === new URL(appUrl).origin) return true;
  // Reached under another name, such as an address or a forwarded port: a page cannot forge the Host header.
  return URL.canParse(origin) && new URL(origin).host === headers.get('host');
}
