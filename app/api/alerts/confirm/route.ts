// POST `{ token }` of the mail that asked: the address wants alerts.

import { confirmRoute } from '#lib/api/alerts.ts';

export const POST = confirmRoute;
