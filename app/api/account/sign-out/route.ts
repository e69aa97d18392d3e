// POST ends this browser's session.

import { signOutRoute } from '#lib/api/account.ts';

export const POST = signOutRoute;
