// POST `{ password, current }` sets a new password.

import { passwordRoute } from '#lib/api/account.ts';

export const POST = passwordRoute;
