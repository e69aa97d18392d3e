// POST `{ token }` of a mailed link.

import { openLinkRoute } from '#lib/api/account.ts';

export const POST = openLinkRoute;
