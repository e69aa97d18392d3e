// GET lists all sites as the operator's table has them: what they use, their limits, what is said about them.

import { readOverview } from '#lib/admin/watch.ts';
import { handleAdmin } from '#lib/api/admin.ts';
import { json } from '#lib/api/handle.ts';

export const GET = handleAdmin(async ({ db, settings }) => json(await readOverview(db, settings)));
