// GET lists a site's checkpoints; POST makes one, with a `label` if it is given.

import { listOfSite, makeForSite } from '#lib/api/checkpoints.ts';
import { handle } from '#lib/api/handle.ts';

export const GET = handle(listOfSite);
export const POST = handle(makeForSite);
