// The skeleton of every worker: connect, work, stop. SIGTERM finishes what runs and ends within ten seconds; a second
// signal, an uncaught error or a lost invariant ends at once, and the supervisor starts the process anew.

import { setMaxListeners } from 'node:events';
import { flushCompileCache } from 'node:module';
import { type Settings, settings } from '#lib/env.ts';
import { createLog, type Log } from '#lib/log.ts';

const STOP_MS = 10_000;
/** As an argument it ends a worker as soon as its code is loaded, and so compiled. */
export const COMPILE_ONLY = '--compile-only';

/** Runs a worker until it is told to stop. `start` answers how to stop. */
export async function runWorker(
  name: string,
  start: (context: { settings: Settings; log: Log; id: string }) => Promise<() => Promise<void>>,
): Promise<void> {
  if (process.argv.includes(COMPILE_ONLY)) {
    flushCompileCache();
    process.exit(0);
  }
  const log = createLog(name);
  setMaxListeners(100);
  process.on('uncaughtException', (error) => end(log, error));
  process.on('unhandledRejection', (error) => end(log, error));
  const stop = await start({ settings: settings(), log, id: `${name}-${process.pid}-${Date.now().toString(36)}` });
  log.info({}, 'started');
  flushCompileCache(); // At an exit alone it would miss every process that is killed.
  let stopping = false;
  const onSignal = () => {
    if (stopping) process.exit(1);
    stopping = true;
    setTimeout(() => process.exit(1), STOP_MS).unref();
    stop().then(
      () => process.exit(0),
      (error) => end(log, error),
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

function end(log: Log, error: unknown): never {
  log.error({ cause: error instanceof Error ? error.stack : String(error) }, 'ending after an error');
  process.exit(1);
}

/**
 * Repeats a piece of work until stopped: at once when rung, else every `everyMs`. A failure is logged and does not end
 * the loop. Never runs twice at a time.
 */
export function repeat(
  log: Log,
  title: string,
  everyMs: number,
  work: () => Promise<void>,
): { ring(): void; stop(): Promise<void> } {
  let stopped = false;
  let rung = false;
  let wake = () => {};
  const loop = async () => {
    while (!stopped) {
      rung = false;
      await work().catch((error) =>
        log.error({ cause: error instanceof Error ? error.stack : String(error) }, `${title} failed`),
      );
      if (stopped || rung) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, everyMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const running = loop();
  return {
    ring() {
      rung = true;
      wake();
    },
    async stop() {
      stopped = true;
      wake();
      await running;
    },
  };
}
