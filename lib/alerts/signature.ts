// Signs the body of a webhook, so that its receiver knows that it is ours and new: HMAC-SHA256 over the time and the body,
// in the form that Stripe made known.

import { createHmac, randomBytes } from 'node:crypto';

export const SIGNATURE_HEADER = 'x-lightkeeper-signature';

/** A channel's secret, shown once. */
export function newSecret(): string {
  return `lkwh_${randomBytes(24).toString('base64url')}`;
}

/** `t=SECONDS,v1=HEX`: the HMAC of `SECONDS.BODY`. Pure. */
export function sign(secret: string, body: string, at: Date): string {
  const seconds = Math.floor(at.getTime() / 1000);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}
