// Who asks for a deployment, in the words that its row keeps: members of the site read them.

import type { Call } from './handle.ts';

/** An address where one is known, else what the request came with. */
export async function askerWords(
  { db, viewer }: Pick<Call<unknown>, 'db' | 'viewer'>,
  site: { ownerId: string | null },
): Promise<string> {
  if (viewer.userId === null) return 'the site’s token';
  if (viewer.role === 'admin' && viewer.userId !== site.ownerId) return 'an admin';
  const user = await db.user.findUnique({ where: { id: viewer.userId }, select: { email: true } });
  return user?.email ?? (viewer.userId === site.ownerId ? 'its owner' : 'a member');
}
