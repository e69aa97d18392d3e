// POST `{ email, current }` asks for another address, or for its link again.

import { emailRoute } from '#lib/api/account.ts';

export const POST = emailRoute;
