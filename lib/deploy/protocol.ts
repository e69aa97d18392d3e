// The two ends of a deployment talk over one exec of `release` (workers/container/release is the other end).
//
// To the container, in frames, each a line with a count of bytes and then that many bytes: the plan (one frame; see
// script.ts), the site's variables if it has any (lib/environment/frames.ts), the archive (any number), the line `0` as its
// end. Then words, one a line, as the worker gets that far:
//
//     prepare   make this release the one that starts with the container   → answered `prepared`
//     commit    the route has moved: drain, stop the older, prune          → answered `committed`
//     abort     stop this release and remove it                            → answered `aborted`
//
// The end of the input before `prepare` is an abort; after it, nothing (see `settleSite`).
//
// From the container: one stream with the output of the tenant's programs and, on lines that start with the mark (a
// random word of this deployment), the events below. Before each such line comes an empty line, in case the output
// before it had no end of line. Everything is untrusted: an event that was forged misleads only its own site.

export type ReleaseEvent =
  | { kind: 'step'; name: 'install' | 'build' | 'check' }
  | { kind: 'done'; name: string }
  | { kind: 'ready' | 'cached' | 'started' | 'prepared' | 'committed' | 'aborted' }
  /** The new process ended by itself: with a code, or 256 and above by a signal. */
  | { kind: 'died'; code: number; signal: number }
  | { kind: 'failed'; step: FailedStep; code: number };

export type FailedStep = 'missing' | 'unpack' | 'install' | 'build' | 'check' | 'start' | 'prepare';

const STEPS = ['install', 'build', 'check'] as const;
const FAILED_STEPS: readonly FailedStep[] = ['missing', 'unpack', ...STEPS, 'start', 'prepare'];
const PENDING_BYTES_MAX = 64 * 1024;

export interface OutputReader {
  push(bytes: Buffer): void;
  /** Gives out what had no end of line. */
  end(): void;
}

/** Splits the stream into events and raw lines, in their order. A line without an end is given out in pieces. */
export function createOutputReader(
  mark: string,
  onEvent: (event: ReleaseEvent) => void,
  onLine: (line: string) => void,
): OutputReader {
  const decoder = new TextDecoder('utf-8');
  let pending = '';
  let emptyLines = 0;

  const take = (line: string) => {
    const event = line.startsWith(`${mark} `) ? parseEvent(line.slice(mark.length + 1)) : null;
    if (event) {
      emptyLines = 0;
      return onEvent(event);
    }
    if (line === '') {
      emptyLines = Math.min(emptyLines + 1, 2);
      return;
    }
    for (; emptyLines > 0; emptyLines -= 1) onLine('');
    onLine(line);
  };

  const drain = () => {
    const lines = pending.split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) take(line);
    while (pending.length > PENDING_BYTES_MAX) {
      take(pending.slice(0, PENDING_BYTES_MAX));
      pending = pending.slice(PENDING_BYTES_MAX);
    }
  };

  return {
    push(bytes) {
      pending += decoder.decode(bytes, { stream: true });
      drain();
    },
    end() {
      pending += decoder.decode();
      if (pending) take(pending);
      pending = '';
    },
  };
}

/** Null when it is none: then the line is the tenant's. */
export function parseEvent(text: string): ReleaseEvent | null {
  const [kind = '', first = '', second = ''] = text.trim().split(' ');
  switch (kind) {
    case 'step': {
      const name = STEPS.find((step) => step === first);
      return name ? { kind, name } : null;
    }
    case 'done':
      return { kind, name: first };
    case 'ready':
    case 'cached':
    case 'started':
    case 'prepared':
    case 'committed':
    case 'aborted':
      return { kind };
    case 'died':
      return isCount(first) ? { kind, code: Number(first), signal: isCount(second) ? Number(second) : 0 } : null;
    case 'failed': {
      const step = FAILED_STEPS.find((name) => name === first);
      return step && isCount(second) ? { kind, step, code: Number(second) } : null;
    }
    default:
      return null;
  }
}

function isCount(text: string): boolean {
  return /^\d{1,6}$/.test(text);
}
