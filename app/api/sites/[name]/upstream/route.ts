// GET shows the repository that the site follows, with its webhook; PUT `{ repository, branch? }` follows and fetches one;
// DELETE follows none.

import { handle } from '#lib/api/handle.ts';
import { removeUpstream, setUpstream, showUpstream } from '#lib/api/upstream.ts';

export const GET = handle<{ name: string }>(showUpstream);
export const PUT = handle<{ name: string }>(setUpstream);
export const DELETE = handle<{ name: string }>(removeUpstream);
