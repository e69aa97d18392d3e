// DELETE drops a checkpoint: the space that it alone held is free some seconds later.

import { dropOfSite } from '#lib/api/checkpoints.ts';
import { handle } from '#lib/api/handle.ts';

export const DELETE = handle(dropOfSite);
