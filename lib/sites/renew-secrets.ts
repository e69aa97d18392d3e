// A new password, a new token, or both: the old ones let nobody in from then on, and end the SSH sessions that they
// opened (workers/ssh/site-listeners.ts).

import { audit, type Who } from '../audit/audit.ts';
import type { Db } from '../db/client.ts';
import { notify } from '../db/notify.ts';
import { AppError } from '../errors/app-error.ts';
import { newSealedPassword, newSealedToken } from './secrets.ts';

export interface Renewal {
  password: boolean;
  token: boolean;
}

/** Throws `bad-request` when neither is to be new. `by` is the admin who does it to somebody else's site. */
export async function renewSecrets(
  db: Db,
  secret: string,
  { id, name }: { id: string; name: string },
  { password, token }: Renewal,
  by: Who | null = null,
): Promise<void> {
  const what = [password ? 'password' : '', token ? 'token' : ''].filter(Boolean).join(' and ');
  if (what === '') {
    throw new AppError('bad-request', {
      message: 'Neither the password nor the token is to be new.',
      hint: 'Send `{"password": true}`, `{"token": true}` or both.',
    });
  }
  await db.$transaction(async (tx) => {
    await tx.site.update({
      where: { id },
      data: {
        ...(password ? { sealedPassword: newSealedPassword(secret) } : {}),
        ...(token ? { sealedToken: newSealedToken(secret) } : {}),
      },
    });
    const text = `${by ? 'An admin' : 'You'} made a new ${what}. Whoever has the old one is out.`;
    await tx.event.create({ data: { siteId: id, kind: 'credentials', text } });
    if (by) await audit(tx, { ...by, action: 'site.credentials', subject: name, siteId: id, after: { renewed: what } });
    await notify(tx, 'site', id);
  });
}
