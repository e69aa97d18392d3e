// GET answers the machine over the last hour.

import { readHostHistory } from '#lib/admin/history.ts';
import { handleAdmin } from '#lib/api/admin.ts';
import { json } from '#lib/api/handle.ts';

export const GET = handleAdmin(async ({ db }) => json(await readHostHistory(db, new Date())));
