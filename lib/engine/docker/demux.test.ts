import { PassThrough } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { setImmediate as tick } from 'node:timers/promises';
import fc from 'fast-check';
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

const payload = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));

/** Everything that came out, when the bytes are cut at these places. */
async function taken(bytes: Buffer, cuts: number[]): Promise<[Buffer, Buffer]> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const both = Promise.all([buffer(stdout), buffer(stderr)]);
  const demux = createDemux(stdout, stderr);
  const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
  for (const [index, end] of at.slice(1).entries()) demux.write(bytes.subarray(at[index], end));
  demux.end();
  return both;
}

test('each stream gets what was framed for it, even when that looks like a frame, however it is cut', async () => {
  const written = fc.array(fc.tuple(fc.constantFrom(1, 2), payload), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(written, fc.array(fc.nat(400), { maxLength: 8 }), async (parts, cuts) => {
      const frames = parts.map(([stream, content]) => {
        const inner = content.length % 2 ? content : Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, 9]), content]);
        const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
        header.writeUInt32BE(inner.length, 4);
        return { stream, inner, raw: Buffer.concat([header, inner]) };
      });
      const of = (wanted: number) =>
        Buffer.concat(frames.filter(({ stream }) => stream === wanted).map(({ inner }) => inner));
      const whole = Buffer.concat(frames.map(({ raw }) => raw));
      expect(
        await taken(
          whole,
          cuts.filter((cut) => cut < whole.length),
        ),
      ).toEqual([of(1), of(2)]);
    }),
    { numRuns: 100 },
  );
});

test('bytes that are no frames end too, and give out no more than came in', async () => {
  await fc.assert(
    fc.asyncProperty(payload, fc.array(fc.nat(200), { maxLength: 4 }), async (bytes, cuts) => {
      const [stdout, stderr] = await taken(
        bytes,
        cuts.filter((cut) => cut < bytes.length),
      );
      expect(stdout.length + stderr.length).toBeLessThanOrEqual(bytes.length);
    }),
    { numRuns: 100 },
  );
});
