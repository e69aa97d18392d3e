// The exit of every command a person types: what went wrong, what to do, and an exit code.

import { AppError } from '#lib/errors/app-error.ts';

/** Runs the command; an error becomes two lines on standard error and exit code 1. */
export async function exitWith(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    process.stderr.write(explain(error));
    process.exitCode = 1;
  }
}

function explain(error: unknown): string {
  if (error instanceof AppError) return `\n${error.message}\n${error.hint}\n`;
  const message = error instanceof Error ? error.message : String(error);
  return `\n${message}\nIf that does not tell you what to do: \`npm run doctor\` says what runs and what does not.\n`;
}
