// Whose menu stands on a page. A page without its menu is better than none: when the database is away, it is nobody's.

import { headers } from 'next/headers';
import { addressOf } from '#lib/accounts/enter.ts';
import { services } from '#lib/api/services.ts';
import { findViewer } from '#lib/auth/viewer.ts';
import type { MenuAccount } from './account-context.tsx';

export async function readMenuAccount(): Promise<MenuAccount | null> {
  const asked = await headers();
  try {
    const { db, settings } = services();
    const { userId, role } = await findViewer({ db, settings }, asked);
    if (userId === null || role === 'guest') return null;
    const select = { id: true, email: true, pendingEmail: true };
    const user = await db.user.findUnique({ where: { id: userId }, select });
    return user && { email: addressOf(user), isAdmin: role === 'admin' };
  } catch {
    return null;
  }
}
