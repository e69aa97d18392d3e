// GET tells a site's variables: names, and with `?values=1` the values. PUT makes `{ variables: { NAME: "value" } }` all of
// them; PATCH sets those that are named, and removes those that are null. The app is restarted without losing a request.

import { ALL_VARIABLES, SOME_VARIABLES, VALUE, VALUE_OR_NULL } from '#lib/api/contract/deployments.ts';
import { answerChange, answerVariables, readVariables } from '#lib/api/environment.ts';
import { handle } from '#lib/api/handle.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { changed, ordered } from '#lib/environment/variables.ts';

export const GET = handle<{ name: string }>(async (call) => {
  return answerVariables(call, await requireSiteOf(call, call.params.name, 'develop'));
});

export const PUT = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'develop');
  const all = ordered(await readVariables(call.request, ALL_VARIABLES, VALUE));
  return answerChange(call, site, () => all);
});

export const PATCH = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'develop');
  const change = await readVariables(call.request, SOME_VARIABLES, VALUE_OR_NULL);
  return answerChange(call, site, (before) => changed(before, change));
});
