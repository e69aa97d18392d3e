// POST `{ email, password }` makes an account of this browser's guest, or a new one.

import { signUpRoute } from '#lib/api/account.ts';

export const POST = signUpRoute;
