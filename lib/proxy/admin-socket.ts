// HAProxy's admin socket (management guide, section 9.3): one command a connection, as it expects without its interactive
// prompt. A HAProxy that was killed is waited for.

import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const ANSWER_TIMEOUT_MS = 5_000;
/** A killed HAProxy is back within a second or two; a change waits for it. */
const RESTART_MS = 5_000;

/** The answer, trimmed. Throws ECONNREFUSED or ENOENT when HAProxy does not come back within five seconds. */
export async function command(socketPath: string, line: string): Promise<string> {
  const deadline = Date.now() + RESTART_MS;
  for (;;) {
    try {
      return await ask(socketPath, line);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if ((code !== 'ECONNREFUSED' && code !== 'ENOENT') || Date.now() > deadline) throw error;
      await sleep(50);
    }
  }
}

/** Sets an entry of a map, whether it was there or not. */
export async function setEntry(socketPath: string, entry: string): Promise<void> {
  if ((await command(socketPath, `set map ${entry}`)) === '') return;
  const answer = await command(socketPath, `add map ${entry}`);
  if (answer !== '') throw new Error(`HAProxy refused "add map ${entry}": ${answer}`);
}

function ask(socketPath: string, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(socketPath);
    let answer = '';
    socket.setEncoding('utf8');
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy(new Error(`HAProxy did not answer "${line}"`)));
    socket.on('data', (text) => {
      answer += text;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer.trim()));
    socket.write(`${line}\n`);
  });
}
