// POST `{ email }` has a link mailed that signs in.

import { askLinkRoute } from '#lib/api/account.ts';

export const POST = askLinkRoute;
