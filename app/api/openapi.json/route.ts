// GET answers what the API can be asked, as an OpenAPI document: for everybody, and to be kept for some minutes.

import { renderDocument } from '#lib/api/contract/document.ts';
import { OPERATIONS } from '#lib/api/contract/operations.ts';
import { type Call, handle } from '#lib/api/handle.ts';
import { cookieOf } from '#lib/auth/session.ts';

const FRESH_SECONDS = 300;
let text: string | null = null;

export const GET = handle(serve, { isCounted: false });

async function serve({ settings }: Call<unknown>): Promise<Response> {
  const { name: sessionCookie } = cookieOf(settings, 'session');
  text ??= JSON.stringify(renderDocument(OPERATIONS, { appUrl: settings.appUrl, sessionCookie }));
  const headers = { 'content-type': 'application/json', 'cache-control': `public, max-age=${FRESH_SECONDS}` };
  return new Response(text, { headers });
}
