// Where the signed-in user, guests too, is told about his sites: GET lists, POST `{ kind, target, level }` adds, DELETE
// `{ id }` removes.

import { channelRoutes, ownScope } from '#lib/api/alerts.ts';

export const { GET, POST, DELETE } = channelRoutes(ownScope);
