// A call of GitHub's webhook (docs: "Validating webhook deliveries"), or of a host that calls the same way: whether it is
// genuine, and what it asks for. Pure.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

export const SIGNATURE_HEADER = 'x-hub-signature-256';
export const EVENT_HEADER = 'x-github-event';

export type HookWish = 'fetch' | 'pong' | 'nothing';

const PUSH = z.object({
  ref: z.string(),
  deleted: z.boolean().optional(),
  repository: z.object({ default_branch: z.string() }).partial().optional(),
});

/** `sha256=HEX`: the HMAC of the body as it came. */
export function isSigned(secret: string, body: Buffer, header: string | null): boolean {
  const expected = Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`);
  const given = Buffer.from(header ?? '');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** A push to the branch that the site follows is worth a look; null follows the default one. */
export function judgeHook(event: string | null, payload: unknown, branch: string | null): HookWish {
  if (event === 'ping') return 'pong';
  const push = event === 'push' ? PUSH.safeParse(payload) : null;
  if (!push?.success || push.data.deleted) return 'nothing';
  const followed = branch ?? push.data.repository?.default_branch;
  return followed === undefined || push.data.ref === `refs/heads/${followed}` ? 'fetch' : 'nothing';
}

/** The JSON of a body, also of one that was sent as a form; null when it is none. */
export function parsePayload(body: Buffer, type: string | null): unknown {
  const text = body.toString('utf8');
  const isForm = type?.startsWith('application/x-www-form-urlencoded');
  try {
    return JSON.parse(isForm ? (new URLSearchParams(text).get('payload') ?? '') : text);
  } catch {
    return null; // Signed, and still not what a push looks like.
  }
}
