// The errors of a command line that is not right: its exit code is another one than that of a refusal.

import { AppError } from '#lib/errors/app-error.ts';

/** What is wrong with the line, and what to write instead. */
export function usageError(message: string, hint: string): AppError {
  return new AppError('bad-request', { message, hint, details: { isUsage: true } });
}

export function isUsageError(error: unknown): boolean {
  return error instanceof AppError && error.details.isUsage === true;
}
