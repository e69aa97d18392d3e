// The big button's request, from a script (JSON) or from a page without JavaScript (a form, answered with a redirect).

import type { z } from 'zod';
import { clientAddress } from '../auth/client-address.ts';
import { cookieOf, sessionCookie } from '../auth/session.ts';
import { findCookie } from '../auth/viewer.ts';
import { AppError } from '../errors/app-error.ts';
import { launch } from '../sites/launch.ts';
import { viewSite } from '../sites/view.ts';
import { parseBranch, parseRepositoryUrl } from '../upstream/url.ts';
import { readForm, readJson } from './body.ts';
import { LAUNCH, LAUNCH_FORM } from './contract/sites.ts';
import { type Call, json } from './handle.ts';
import { IDEMPOTENCY_HEADER, isIdempotencyKey, parseIdempotencyKey } from './idempotency-key.ts';
import { requireLauncher } from './person.ts';
import { awaitRoute } from './route-wait.ts';
import { siteAnswer } from './site-answer.ts';

export async function launchByJson(call: Call<unknown>): Promise<Response> {
  const wish = await readJson(call.request, LAUNCH);
  const { view, created, cookie } = await launchFor(call, wish, call.request.headers.get(IDEMPOTENCY_HEADER));
  return json({ created, ...siteAnswer(view) }, created ? 201 : 200, cookie);
}

/** Without JavaScript the refusal is told on the launch page, which knows the code. */
export async function launchByForm(call: Call<unknown>): Promise<Response> {
  const wish = await readForm(call.request, LAUNCH_FORM);
  try {
    const { view, cookie } = await launchFor(call, wish, wish.key);
    return redirect(`/sites/${view.name}`, cookie);
  } catch (error) {
    if (error instanceof AppError) return redirect(refusedAt(wish, error.code));
    throw error;
  }
}

async function launchFor(call: Call<unknown>, wish: z.infer<typeof LAUNCH>, key: string | null | undefined) {
  const { name, repository, branch } = wish;
  const userId = requireLauncher(call.viewer);
  const { site, owner, created } = await launch(call, {
    owner: userId ? { id: userId } : null,
    name: name?.trim() || null,
    address: clientAddress(call.request.headers),
    key: keyOf(call, key || null),
    upstream: repository ? { url: parseRepositoryUrl(repository), branch: parseBranch(branch) } : null,
  });
  const isKnown = userId === owner.id;
  const claim = { userId: owner.id, version: owner.sessionVersion };
  const cookie: Record<string, string> = isKnown ? {} : { 'set-cookie': await sessionCookie(call.settings, claim) };
  return { view: viewSite(call.settings, await awaitRoute(call, site)), created, cookie };
}

/** The page that the form is on. */
function refusedAt({ repository, branch }: z.infer<typeof LAUNCH>, code: string): string {
  if (!repository) return `/?refused=${code}`;
  return `/new?${new URLSearchParams({ repo: repository, ...(branch ? { branch } : {}), refused: code })}`;
}

/**
 * What makes two requests one launch. A browser without a session brings the key that its launch page gave it, the same
 * from each of its tabs; who has a session, or is no browser, names a key or has none.
 */
function keyOf({ settings, viewer, request }: Call<unknown>, named: string | null): string | null {
  const cookie = findCookie(request.headers.get('cookie') ?? '', cookieOf(settings, 'launch').name);
  if (viewer.userId === null && cookie !== null && isIdempotencyKey(cookie)) return cookie;
  return parseIdempotencyKey(named);
}

function redirect(location: string, headers: Record<string, string> = {}): Response {
  return new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store', ...headers } });
}
