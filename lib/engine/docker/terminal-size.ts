// A terminal has its size before its command looks. Older engines take a size only for a process that runs already, so a
// command that asks at once would be told 0 × 0: a shell sets the size first, and then becomes the command.

/** Sides of a terminal the engine takes. */
const SIDE_MAX = 500;

/**
 * Sets what has no size yet, for the engine may have been quicker. `exec` is a trap, for dash ends when it finds no
 * process slot for stty, and who logs in then is in more need of a shell than of a size.
 */
const SCRIPT = `
size="rows $1 cols $2"
shift 2
trap 'exec "$@"' EXIT
{ case $(stty size) in '0 0') stty $size ;; esac; } 2> /dev/null`;

/** The command, started in a terminal of this size. */
export function withTerminalSize(command: string[], { columns, rows }: { columns: number; rows: number }): string[] {
  return ['/bin/sh', '-c', SCRIPT, 'sh', String(clampSide(rows)), String(clampSide(columns)), ...command];
}

/** Whole, and within 1..500. */
export function clampSide(cells: number): number {
  return Math.min(Math.max(Math.trunc(cells) || 1, 1), SIDE_MAX);
}
