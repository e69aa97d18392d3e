// POST takes the site back to a checkpoint. What is there now is kept as a checkpoint of its own, unless `withoutUndo`
// says that it may go where there is no room for that.

import { restoreOfSite } from '#lib/api/checkpoints.ts';
import { handle } from '#lib/api/handle.ts';

export const POST = handle(restoreOfSite);
