// GET sends the table as a CSV file.

import { handleAdmin } from '#lib/api/admin.ts';
import { eventsCsv } from '#lib/api/csv-tables.ts';

export const GET = handleAdmin(async ({ db }) => eventsCsv(db));
