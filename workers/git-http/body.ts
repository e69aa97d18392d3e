// The body of a git request, within a bound, also when it was compressed: a few kilobytes can inflate to gigabytes.

import type { IncomingMessage } from 'node:http';
import { type Readable, Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AppError } from '#lib/errors/app-error.ts';

/**
 * The bytes as git reads them. They end at the bound; what the client sends after it is read and dropped, so that the
 * client comes to read the answer. Throws `bad-request` at an encoding it does not know.
 */
export function openBody(request: IncomingMessage, bytesMax: number): Readable {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  const bounded = createBound(bytesMax, () => request.unpipe().resume());
  const stop = () => bounded.destroy();
  request.once('error', stop).once('close', () => {
    if (!request.complete) stop();
  });
  if (encoding === 'identity') return request.pipe(bounded);
  if (encoding === 'gzip' || encoding === 'x-gzip')
    return request.pipe(createGunzip()).once('error', stop).pipe(bounded);
  throw new AppError('bad-request', {
    message: 'The request is compressed in a way that is not known here.',
    hint: 'Use an ordinary git client.',
  });
}

function createBound(bytesMax: number, onExceeded: () => void): Transform {
  let left = bytesMax;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (left < 0) return done();
      left -= chunk.length;
      if (left >= 0) return done(null, chunk);
      onExceeded();
      this.push(null);
      done();
    },
  });
}
