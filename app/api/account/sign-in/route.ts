// POST `{ email, password }` signs in.

import { signInRoute } from '#lib/api/account.ts';

export const POST = signInRoute;
