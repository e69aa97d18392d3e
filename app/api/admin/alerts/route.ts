// Where the admins are told about all sites and the machine: GET lists, POST `{ kind, target, level }` adds, DELETE
// `{ id }` removes.

import { adminScope, channelRoutes } from '#lib/api/alerts.ts';

export const { GET, POST, DELETE } = channelRoutes(adminScope);
