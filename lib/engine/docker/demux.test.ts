import { PassThrough } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { setImmediate as tick } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createDemux } from './demux.ts';

function frame(stream: number, content: string): Buffer {
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(Buffer.byteLength(content), 4);
  return Buffer.concat([header, Buffer.from(content)]);
}

test.each([1, 3, 7, 8, 9, 1000])(
  'frames cut into pieces of %i bytes arrive whole on their own stream',
  async (size) => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const demux = createDemux(stdout, stderr);
    const bytes = Buffer.concat([frame(1, 'one '), frame(2, 'bad'), frame(1, ''), frame(1, 'two\0\x02')]);
    for (let at = 0; at < bytes.length; at += size) demux.write(bytes.subarray(at, at + size));
    demux.end();
    expect(await Promise.all([text(stdout), text(stderr)])).toEqual(['one two\0\x02', 'bad']);
  },
);

test('with a terminal, bytes that look like a frame stay as they are', async () => {
  const stdout = new PassThrough();
  const demux = createDemux(stdout, null);
  demux.end(frame(2, 'x'));
  expect(await buffer(stdout)).toEqual(frame(2, 'x'));
});

test('a reader that does not read stops the writer', async () => {
  const stdout = new PassThrough({ highWaterMark: 1000 });
  const demux = createDemux(stdout, new PassThrough());
  let taken = 0;
  for (let i = 0; i < 10; i += 1)
    demux.write(frame(1, 'x'.repeat(600)), () => {
      taken += 1;
    });
  await tick();
  await tick();
  expect(taken).toBeLessThan(3);
  demux.end();
  expect((await buffer(stdout)).length).toBe(6000);
});

test('a reader that went away does not hold up the other', async () => {
  const [stdout, stderr] = [new PassThrough({ highWaterMark: 10 }), new PassThrough()];
  const demux = createDemux(stdout, stderr);
  demux.write(frame(1, 'x'.repeat(600)));
  demux.write(frame(1, 'x'.repeat(600)));
  demux.end(frame(2, 'said'));
  await tick();
  stdout.destroy();
  expect(await text(stderr)).toBe('said');
});
