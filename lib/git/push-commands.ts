// The first part of a push (gitprotocol-pack, "Reference Update Request"): what it wants done to which refs, before the
// pack. Read and bounded here, so that a refusal costs no git process and no byte of the pack is looked at.

import type { Readable } from 'node:stream';
import { AppError } from '../errors/app-error.ts';
import { tookTooLong } from './failures.ts';
import { PktSplitter } from './pkt-line.ts';
import { parseUpdate, type RefUpdate, tooManyUpdates, UPDATES_MAX } from './refs.ts';

export interface PushCommands {
  updates: RefUpdate[];
  capabilities: Set<string>;
  /** Everything read so far, the beginning of the pack included: git needs it too. */
  received: Buffer;
}

const SECTION_BYTES_MAX = 65_536;

/**
 * Reads up to the end of the commands and leaves the rest in the stream. Null when the client went away before. Throws
 * `interrupted` when they take longer than `waitMs`.
 */
export async function readPushCommands(input: Readable, waitMs: number): Promise<PushCommands | null> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(tookTooLong('idle', waitMs)), waitMs);
  try {
    return await Promise.race([readSection(input), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Leaves the stream paused, whoever else listens to it: a byte that flows before git runs would be lost. */
function readSection(input: Readable): Promise<PushCommands | null> {
  const section = new CommandSection();
  const { promise, resolve, reject } = Promise.withResolvers<PushCommands | null>();
  const onData = (chunk: Buffer) => {
    try {
      const commands = section.add(chunk);
      if (!commands) return;
      input.pause();
      resolve(commands);
    } catch (cause) {
      input.pause();
      reject(cause);
    }
  };
  const onEnd = () => resolve(null);
  input.on('data', onData).once('end', onEnd).once('close', onEnd).once('error', reject);
  if (input.readableEnded || input.destroyed) resolve(null);
  else input.resume();
  return promise.finally(() => {
    input.off('data', onData).off('end', onEnd).off('close', onEnd).off('error', reject);
  });
}

/** Collects the commands as their bytes come. Throws `push-refused` past the bounds or at a line it cannot read. */
export class CommandSection {
  readonly #splitter = new PktSplitter();
  readonly #chunks: Buffer[] = [];
  readonly #updates: RefUpdate[] = [];
  #capabilities: Set<string> | null = null;
  #bytes = 0;

  /** The commands once they are complete, null until then. */
  add(chunk: Buffer): PushCommands | null {
    this.#chunks.push(chunk);
    this.#splitter.add(chunk);
    for (let pkt = this.#splitter.next(); pkt; pkt = this.#splitter.next()) {
      if (!pkt.payload) return this.#complete();
      this.#bytes += pkt.raw.length;
      if (this.#bytes > SECTION_BYTES_MAX) throw tooManyUpdates();
      this.#readLine(pkt.payload.toString('utf8').replace(/\n$/, ''));
    }
    return null;
  }

  #complete(): PushCommands {
    return {
      updates: this.#updates,
      capabilities: this.#capabilities ?? new Set(),
      received: Buffer.concat(this.#chunks),
    };
  }

  #readLine(text: string): void {
    if (/^shallow [0-9a-f]{40}$/.test(text)) return;
    const [command = '', capabilities] = text.split('\0');
    this.#capabilities ??= new Set((capabilities ?? '').split(' ').filter(Boolean));
    const update = parseUpdate(command);
    if (!update) throw unreadable();
    if (this.#updates.push(update) > UPDATES_MAX) throw tooManyUpdates();
  }
}

function unreadable(): AppError {
  return new AppError('push-refused', {
    message: 'The push asks for a change that cannot be read, or names a ref that is not UTF-8 text.',
    hint: 'Push branches and tags with plain names, unsigned, from an ordinary git client.',
  });
}
