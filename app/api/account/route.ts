// GET tells about the account that is signed in; DELETE `{ email }` ends it with all it had.

import { deleteAccountRoute, readAccountRoute } from '#lib/api/account.ts';

export const GET = readAccountRoute;
export const DELETE = deleteAccountRoute;
