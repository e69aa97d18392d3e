// One shell in a site's container and the pages that show it. It outlives its page for a while: a reload or a lost
// connection finds it again, with the last of its output.

import type { ExecSession } from '#lib/engine/engine.ts';
import type { TerminalSize } from '#lib/terminal/protocol.ts';
import { coalesceSizes } from '../ssh/terminal.ts';
import { createKeptOutput } from './kept-output.ts';

/** A page that shows the shell. */
export interface Screen {
  /** `taken` is called when the bytes have left this process. */
  show(bytes: Buffer, taken: () => void): void;
  /** Bytes that have not left yet. */
  waiting(): number;
  /** The shell has ended; null: it was ended. */
  end(exitCode: number | null): void;
  /** Others took its place. */
  leave(): void;
}

export interface Shell {
  /** Shows what there was, and then what comes. Answers how to leave. The oldest of too many pages is cut off. */
  attach(screen: Screen): () => void;
  type(bytes: Buffer): void;
  resize(size: TerminalSize): void;
  /** Ends it and everything of its session. */
  hangUp(): Promise<void>;
  /** When the shell has ended, and when nothing of it is left; they never reject. */
  ended: Promise<void>;
  over: Promise<void>;
}

export interface ShellLimits {
  /** Output that a page has not taken, before the program has to wait. */
  waitingBytesMax: number;
  /** How fast a program may go on that nobody looks at, in bytes a millisecond. */
  unseenBytesPerMs: number;
  /** Without a page. */
  lingerMs: number;
  /** Without a key pressed. */
  idleMs: number;
  /** Input that the program has not read, before the page is cut off. */
  inputBytesMax: number;
  /** Pages that show it at a time: each costs what was kept, and looks after its viewer. */
  screensMax: number;
}

export const SHELL_LIMITS: ShellLimits = {
  waitingBytesMax: 1024 * 1024,
  unseenBytesPerMs: 1_000,
  lingerMs: 10 * 60_000,
  idleMs: 3_600_000,
  inputBytesMax: 1024 * 1024,
  screensMax: 3,
};

const RESIZE_MS = 100;

export function createShell(exec: ExecSession, welcome: string, limits = SHELL_LIMITS): Shell {
  const screens = new Set<Screen>();
  const kept = createKeptOutput();
  kept.add(Buffer.from(welcome));
  const { stdout, stdin } = exec;

  const hangUp = async () => {
    stdout.resume();
    await exec.hangUp().catch(() => {});
  };
  const linger = createTimer(limits.lingerMs, hangUp);
  const idle = createTimer(limits.idleMs, hangUp);
  linger.start();
  idle.start();

  const goOn = () => {
    if ([...screens].every((screen) => screen.waiting() < limits.waitingBytesMax / 2)) stdout.resume();
  };
  stdout.on('error', () => {});
  stdin.on('error', () => {});
  stdout.on('data', (bytes: Buffer) => {
    kept.add(bytes);
    for (const screen of screens) screen.show(bytes, goOn);
    if (screens.size === 0) {
      stdout.pause();
      setTimeout(() => stdout.resume(), bytes.length / limits.unseenBytesPerMs).unref();
    } else if ([...screens].some((screen) => screen.waiting() > limits.waitingBytesMax)) stdout.pause();
  });

  const ended = exec.exited
    .catch(() => null)
    .then((exitCode) => {
      linger.stop();
      idle.stop();
      for (const screen of screens) screen.end(exitCode);
      screens.clear();
    });
  const over = ended.then(() => exec.hangUp().catch(() => {})); // What it left in the background.
  const resize = coalesceSizes(
    ({ columns, rows }) => void exec.resize(columns, rows).catch(() => {}), // It has ended: nobody sees it.
    RESIZE_MS,
  );
  return {
    attach(screen) {
      linger.stop();
      screen.show(kept.all(), goOn);
      screens.add(screen);
      const [oldest] = screens;
      if (screens.size > limits.screensMax && oldest) {
        screens.delete(oldest);
        oldest.leave();
      }
      return () => {
        if (!screens.delete(screen)) return;
        goOn();
        if (screens.size === 0) linger.start();
      };
    },
    type(bytes) {
      idle.start();
      if (stdin.writableLength > limits.inputBytesMax) return; // Nobody reads it: as a full terminal, it takes no more.
      stdin.write(bytes);
    },
    resize,
    hangUp,
    ended,
    over,
  };
}

/** Starting it again begins anew. */
function createTimer(ms: number, ring: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = () => clearTimeout(timer);
  return {
    stop,
    start() {
      stop();
      timer = setTimeout(ring, ms).unref();
    },
  };
}
