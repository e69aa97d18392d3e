// DELETE `{ id }` ends one session, `{ all: true }` all.

import { sessionsRoute } from '#lib/api/account.ts';

export const DELETE = sessionsRoute;
