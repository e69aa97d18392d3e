// POST makes a new site of the same owner with a full copy of the disk, as it is now or at a `checkpoint`.

import { cloneSite } from '#lib/api/checkpoints.ts';
import { handle } from '#lib/api/handle.ts';

export const POST = handle(cloneSite);
