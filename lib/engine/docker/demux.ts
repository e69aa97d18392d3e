// The engine's exec stream, taken apart. Without a terminal it is a row of frames: one byte that names the stream, three
// empty, four with the length, and the payload. Takes no more than the readers take.

import { once } from 'node:events';
import { type PassThrough, Writable } from 'node:stream';

const HEADER_BYTES = 8;
const STDERR = 2;

/** A sink for the engine's stream. `stderr` is null with a terminal: then all of it is output. Ends both at its end. */
export function createDemux(stdout: PassThrough, stderr: PassThrough | null): Writable {
  let header = Buffer.alloc(0);
  let target = stdout;
  let remaining = 0;

  async function take(chunk: Buffer): Promise<void> {
    let rest = chunk;
    while (rest.length > 0) {
      if (stderr && remaining === 0) {
        const missing = HEADER_BYTES - header.length;
        header = Buffer.concat([header, rest.subarray(0, missing)]);
        rest = rest.subarray(missing);
        if (header.length < HEADER_BYTES) return;
        target = header[0] === STDERR ? stderr : stdout;
        remaining = header.readUInt32BE(4);
        header = Buffer.alloc(0);
      } else {
        const piece = stderr ? rest.subarray(0, remaining) : rest;
        remaining -= stderr ? piece.length : 0;
        rest = rest.subarray(piece.length);
        await give(target, piece);
      }
    }
  }

  return new Writable({
    write(chunk: Buffer, _, done) {
      take(chunk).then(() => done(), done);
    },
    final(done) {
      stdout.end();
      stderr?.end();
      done();
    },
    destroy(error, done) {
      // Also called after the end, when what was written is still to be read.
      for (const stream of [stdout, stderr]) if (!stream?.writableEnded) stream?.destroy();
      done(error);
    },
  });
}

/** A reader that went away loses its part, and holds up nobody. */
async function give(target: PassThrough, piece: Buffer): Promise<void> {
  if (target.destroyed || target.write(piece)) return;
  const gone = new AbortController();
  const { signal } = gone;
  const ignore = () => {}; // aborted once the other one came
  await Promise.race([
    once(target, 'drain', { signal }).catch(ignore),
    once(target, 'close', { signal }).catch(ignore),
  ]);
  gone.abort();
}
