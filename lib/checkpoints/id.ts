// The ids of checkpoints as people send them.

import { z } from 'zod';
import { AppError } from '../errors/app-error.ts';

const ID = z.uuid();

/** Throws `not-found`: what can be no id is nobody's. */
export function parseCheckpointId(text: string): string {
  const parsed = ID.safeParse(text);
  if (parsed.success) return parsed.data.toLowerCase();
  throw new AppError('not-found', {
    message: 'There is no such checkpoint.',
    hint: "The site's page lists those that it has.",
  });
}
