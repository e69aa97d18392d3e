// The parts that the routes of a site's variables share: what a body may be, and what a change is answered with.

import type { z } from 'zod';
import { requireSecret } from '../env.ts';
import { type Changed, changeEnvironment, viewChange } from '../environment/change.ts';
import { ALL_BYTES_MAX, type Variables } from '../environment/variables.ts';
import { viewEnvironment } from '../environment/view.ts';
import { AppError } from '../errors/app-error.ts';
import type { SeenSite } from '../sites/find.ts';
import { adminOver } from './admin.ts';
import { readJson, readQuery } from './body.ts';
import { type ALL_VARIABLES, VARIABLES_QUERY } from './contract/deployments.ts';
import { type Call, json } from './handle.ts';

/** A byte of a value can be six characters of JSON. */
const BODY_BYTES_MAX = 6 * ALL_BYTES_MAX + 64 * 1024;
const ENTRIES_MAX = 1_000;

/** The variables of a body, by name. Zod's records drop the name `__proto__`, so the pairs are read as they come. */
export async function readVariables<Value extends z.ZodType>(
  request: Request,
  schema: typeof ALL_VARIABLES,
  value: Value,
): Promise<Map<string, z.infer<Value>>> {
  const { variables } = await readJson(request, schema, BODY_BYTES_MAX);
  const entries = Object.entries(variables);
  if (entries.length > ENTRIES_MAX) throw notRight('more than 1,000 names', 'A site may have 100.');
  return new Map(
    entries.map(([name, given]) => {
      const parsed = value.safeParse(given);
      if (!parsed.success)
        throw notRight(`the value of ${name.slice(0, 40)}`, 'Values are texts: put numbers in quotes.');
      return [name, parsed.data];
    }),
  );
}

function notRight(what: string, hint: string): AppError {
  return new AppError('bad-request', { message: `"variables" is not right: ${what}.`, hint });
}

/** Changes the variables, and says that the app is being restarted with them. */
export async function answerChange(
  call: Call<unknown>,
  site: SeenSite,
  next: (before: Variables) => Variables,
): Promise<Response> {
  const deps = { db: call.db, secret: requireSecret(call.settings) };
  return answerChanged(await changeEnvironment(deps, { site, next, by: adminOver(call, site) }));
}

export function answerChanged(changed: Changed): Response {
  return json(viewChange(changed), changed.what === '' ? 200 : 202);
}

/** Names for whoever may change what runs; values too when asked for, except to an admin over somebody else's site. */
export async function answerVariables(call: Call<unknown>, site: SeenSite): Promise<Response> {
  const wantsValues = readQuery(call.request, VARIABLES_QUERY).values === '1';
  if (wantsValues && adminOver(call, site)) {
    throw new AppError('not-allowed', {
      message: 'An admin does not read the values of somebody else’s variables.',
      hint: 'Their names are shown; the site’s owner can make you a developer of it.',
    });
  }
  return json(await viewEnvironment(call.db, site, wantsValues ? requireSecret(call.settings) : null));
}
