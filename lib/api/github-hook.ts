// The door for webhooks: no session, no token, a signature. An unknown site, one that follows nothing and a wrong signature
// are answered alike and at the same cost. What it grants is a look at the upstream as it is now, so a replay changes nothing.

import { clientAddress } from '../auth/client-address.ts';
import { seal, unseal } from '../auth/seal.ts';
import { requireSecret } from '../env.ts';
import { AppError } from '../errors/app-error.ts';
import { isSiteName } from '../sites/names.ts';
import { requestFetch } from '../upstream/change.ts';
import { EVENT_HEADER, isSigned, judgeHook, parsePayload, SIGNATURE_HEADER } from '../upstream/hook.ts';
import { readBody } from './body.ts';
import { type Call, json } from './handle.ts';

/** A push of many commits is told at length. */
const BODY_BYTES_MAX = 5 * 1024 ** 2;
const ANSWERS = { fetch: 'The branch is fetched and deployed.', nothing: 'Nothing to do.', pong: 'Pong.' } as const;

export async function answerHook(call: Call<{ name: string }>): Promise<Response> {
  const { db, request, settings, hookRefusals, hooks } = call;
  const { name } = call.params;
  const body = await readBody(request, BODY_BYTES_MAX);
  const upstream = isSiteName(name) ? await db.upstream.findFirst({ where: { site: { name } } }) : null;
  const instance = requireSecret(settings);
  const secret = unseal(instance, upstream?.sealedSecret ?? seal(instance, 'no site has this secret'));
  if (!isSigned(secret, body, request.headers.get(SIGNATURE_HEADER)) || !upstream) {
    hookRefusals.attempt(clientAddress(request.headers));
    throw refused();
  }
  hooks.attempt(upstream.siteId);
  const payload = parsePayload(body, request.headers.get('content-type'));
  const wish = judgeHook(request.headers.get(EVENT_HEADER), payload, upstream.branch);
  if (wish === 'fetch') await requestFetch(db, upstream.siteId);
  return json({ message: ANSWERS[wish] }, wish === 'fetch' ? 202 : 200);
}

function refused(): AppError {
  return new AppError('not-found', {
    message: 'There is no such webhook, or the signature is not of its secret.',
    hint: 'Copy address and secret from the site’s page Files, and choose application/json.',
  });
}
