// A deployment's log: to whoever watches, line by line, and to its row, gathered. What programs print is bounded.

import type { Db } from '../db/client.ts';
import { notify } from '../db/notify.ts';
import type { Log } from '../log.ts';
import { cleanLine, oneLine } from './clean-text.ts';
import { heading, indented } from './lines.ts';

const FLUSH_MS = 150;
export const OUTPUT_BYTES_MAX = 2 * 1024 ** 2;
const LAST_LINES = 100;

export interface DeploymentLog {
  /** A line of ours. */
  say(text: string): void;
  /** A sentence of ours below a heading. */
  add(text: string): void;
  /** A raw line of a tenant's program. */
  output(raw: string): void;
  /** A line of ours for the row alone, when the watcher is told in another way. */
  keep(text: string): void;
  /** The last lines that programs printed, clean. */
  lastLines(): string[];
  /** Writes what is left. The log takes nothing after it. */
  end(): Promise<void>;
}

export function createDeploymentLog(
  deps: { db: Db; log: Log },
  deployment: { id: string; siteId: string },
  onLine: (line: string) => void,
  mask: (line: string) => string = (line) => line,
): DeploymentLog {
  const last: string[] = [];
  let pending = '';
  let bytes = 0;
  let timer: NodeJS.Timeout | null = null;
  let writing = Promise.resolve();

  const flush = () => {
    timer = null;
    const text = pending;
    pending = '';
    if (text === '') return;
    writing = writing.then(() => append(deps, deployment, text));
  };
  const keep = (line: string) => {
    pending += `${line}\n`;
    timer ??= setTimeout(flush, FLUSH_MS);
  };
  const emit = (line: string) => {
    keep(line);
    onLine(line);
  };

  return {
    say: (text) => emit(heading(oneLine(text))),
    add: (text) => emit(indented(oneLine(text))),
    keep: (text) => keep(oneLine(text)),
    output(raw) {
      const line = mask(cleanLine(raw));
      last.push(line);
      if (last.length > LAST_LINES) last.shift();
      if (bytes > OUTPUT_BYTES_MAX) return;
      bytes += Buffer.byteLength(line) + 1;
      emit(bytes > OUTPUT_BYTES_MAX ? heading('More than 2 MB of output: the rest is left out') : indented(line));
    },
    lastLines: () => [...last],
    async end() {
      if (timer) clearTimeout(timer);
      flush();
      await writing;
    },
  };
}

/** A log that cannot be written must not fail the deployment: whoever pushed has seen it. */
async function append({ db, log }: { db: Db; log: Log }, deployment: { id: string; siteId: string }, text: string) {
  try {
    await db.$executeRaw`update "Deployment" set log = log || ${text} where id = ${deployment.id}::uuid`;
    await notify(db, 'site', deployment.siteId);
  } catch (cause) {
    log.warn({ deploymentId: deployment.id, cause: String(cause) }, 'a part of a deployment log was not written');
  }
}
