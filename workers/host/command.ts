// The exit of every command a person types: what went wrong, what to do, and an exit code.

import { AppError } from '#lib/errors/app-error.ts';

/** Runs the command and ends the process; an error becomes two lines on standard error and exit code 1. */
export async function exitWith(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    process.stderr.write(explain(error));
    process.exitCode = 1;
  }
  // Not waiting for what is still open: the schema engine leaves a timer of ten seconds behind.
  process.exit();
}

/** Set-up makes disks, bridges and containers. Throws `setup-failed` for anyone but root. */
export function requireRoot(command: string): void {
  if (process.getuid?.() === 0) return;
  throw new AppError('setup-failed', {
    message: `\`npm run ${command}\` makes disks, networks and containers, which only root may do.`,
    hint: `Run it as root: sudo npm run ${command}`,
  });
}

function explain(error: unknown): string {
  if (error instanceof AppError) return `\n${error.message}\n${error.hint}\n`;
  const message = error instanceof Error ? error.message : String(error);
  return `\n${message}\nIf that does not tell you what to do: \`npm run doctor\` says what runs and what does not.\n`;
}
