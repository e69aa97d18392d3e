// POST `{ id }` sends a test over one of the admins' channels; GET `?test=ID` answers how it went.

import { adminScope, testRoutes } from '#lib/api/alerts.ts';

export const { GET, POST } = testRoutes(adminScope);
