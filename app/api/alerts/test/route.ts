// POST `{ id }` sends a test over one of the user's channels; GET `?test=ID` answers how it went.

import { ownScope, testRoutes } from '#lib/api/alerts.ts';

export const { GET, POST } = testRoutes(ownScope);
