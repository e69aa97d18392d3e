// How far back a chart is asked for.

import { AppError } from '../errors/app-error.ts';
import { RANGES, type Range } from '../usage/ranges.ts';
import { RANGE_QUERY } from './contract/deployments.ts';

/** `?range=`; without it an hour. Throws `bad-request` that names those that there are. */
export function readRange(request: Request): Range {
  const asked = RANGE_QUERY.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  if (asked.success) return asked.data.range;
  throw new AppError('bad-request', {
    message: 'There is no such range.',
    hint: `Ask for one of ${RANGES.join(', ')}.`,
  });
}
