// Asks the deploy worker to wake a site (lib/sites/wake-server.ts) and waits until the site runs.

import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { AppError } from '../errors/app-error.ts';

const WAIT_MS = 60_000;
const RETRY_MS = 200;
/** A worker that was killed is back in a second or two. */
const ABSENT_MS = 10_000;
const ANSWER_BYTES_MAX = 4_096;

const REFUSAL = z.object({
  code: z.enum(['did-not-wake', 'site-held', 'not-found']),
  message: z.string(),
  hint: z.string(),
});

/** Throws `did-not-wake`, `site-held` or `not-found` with what the worker says, and `did-not-wake` when it does not answer. */
export async function askToWake(socketPath: string, siteId: string): Promise<void> {
  const absentAt = Date.now() + ABSENT_MS;
  for (;;) {
    const line = await ask(socketPath, `site ${siteId}\n`);
    if (line !== null) return judge(line);
    if (Date.now() > absentAt) {
      throw new AppError('did-not-wake', {
        message: 'The site did not wake: the worker that wakes sites does not answer.',
        hint: 'Try again in a minute.',
      });
    }
    await sleep(RETRY_MS);
  }
}

function judge(line: string): void {
  if (!line.startsWith('no')) return;
  const refusal = REFUSAL.safeParse(parseJson(line.slice(3)));
  if (refusal.success) throw new AppError(refusal.data.code, refusal.data);
  throw new AppError('did-not-wake', {
    message: 'The site did not wake, because of a fault on our side.',
    hint: 'Try again in a minute.',
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // An answer without words.
  }
}

/** Null when nobody answered. */
function ask(socketPath: string, question: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = net.connect(socketPath);
    let text = '';
    socket.setEncoding('utf8');
    socket.setTimeout(WAIT_MS, () => socket.destroy());
    socket.on('data', (bytes: string) => {
      text += bytes;
      if (text.length > ANSWER_BYTES_MAX) socket.destroy();
    });
    socket.on('error', () => {}); // Its close says so.
    socket.on('close', () => resolve(text.includes('\n') ? text.slice(0, text.indexOf('\n')) : null));
    socket.write(question);
  });
}
