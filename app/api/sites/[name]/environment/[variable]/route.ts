// DELETE removes one variable of a site; one that is not there is no error.

import { answerChange } from '#lib/api/environment.ts';
import { handle } from '#lib/api/handle.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { changed } from '#lib/environment/variables.ts';

export const DELETE = handle<{ name: string; variable: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'develop');
  const change = new Map([[call.params.variable, null]]);
  return answerChange(call, site, (before) => changed(before, change));
});
