import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodePkt, FLUSH, PktSplitter } from './pkt-line.ts';
import { CommandSection, readPushCommands } from './push-commands.ts';
import { NO_OBJECT } from './refs.ts';

const A = 'a'.repeat(40);
const line = (ref: string, capabilities = '') =>
  encodePkt(`${NO_OBJECT} ${A} ${ref}${capabilities && `\0${capabilities}`}\n`);
const SECTION = Buffer.concat([line('refs/heads/main', ' report-status side-band-64k'), line('refs/tags/v1'), FLUSH]);

test('commands are the same however the bytes come, and none is lost', () => {
  const all = Buffer.concat([SECTION, Buffer.from('PACK and more')]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 90 }), (size) => {
      const section = new CommandSection();
      let at = 0;
      let commands = null;
      for (; !commands && at < all.length; at += size) commands = section.add(all.subarray(at, at + size));
      expect(commands?.updates.map(({ ref }) => ref)).toEqual(['refs/heads/main', 'refs/tags/v1']);
      expect(commands?.capabilities.has('side-band-64k')).toBe(true);
      expect(commands?.received.equals(all.subarray(0, at))).toBe(true);
    }),
  );
});

test('what comes after the commands stays in the stream', async () => {
  const stream = new PassThrough();
  stream.write(SECTION);
  const commands = await readPushCommands(stream, 1_000);
  expect(commands?.received.equals(SECTION)).toBe(true);
  stream.end('PACK');
  const rest: Buffer[] = [];
  for await (const chunk of stream) rest.push(chunk);
  expect(Buffer.concat(rest).toString()).toBe('PACK');
});

test('a listener that only counts bytes, as the SSH side has one, takes none of them away', async () => {
  const stream = new PassThrough();
  let seen = 0;
  stream
    .on('data', (chunk: Buffer) => {
      seen += chunk.length;
    })
    .pause();
  const reading = readPushCommands(stream, 1_000);
  for (const part of [SECTION.subarray(0, 30), SECTION.subarray(30)]) {
    await new Promise(setImmediate);
    stream.write(part);
  }
  expect((await reading)?.received.equals(SECTION)).toBe(true);
  stream.end('PACK');
  await new Promise(setImmediate);
  const rest = stream.pipe(new PassThrough());
  const received: Buffer[] = [];
  for await (const chunk of rest) received.push(chunk);
  expect(Buffer.concat(received).toString()).toBe('PACK');
  expect(seen).toBe(SECTION.length + 4);
});

test('a client that ends or dies before the end of the commands is no push', async () => {
  const ended = new PassThrough();
  ended.end(SECTION.subarray(0, 20));
  expect(await readPushCommands(ended, 1_000)).toBeNull();
  const died = new PassThrough();
  const reading = readPushCommands(died, 1_000);
  died.destroy();
  expect(await reading).toBeNull();
});

test('a client that sends nothing is ended', async () => {
  await expect(readPushCommands(new PassThrough(), 20)).rejects.toThrow('Nothing moved');
});

test('an eleventh command, a signed push and an unreadable line are refused while they come', () => {
  const many = Array.from({ length: 11 }, (_, index) => line(`refs/heads/b${index}`));
  expect(() => new CommandSection().add(Buffer.concat(many))).toThrow('more than 10');
  expect(() => new CommandSection().add(encodePkt('push-cert\0 x\n'))).toThrow('cannot be read');
  expect(() => new CommandSection().add(encodePkt(Buffer.from([0xff, 0xfe, 0x20])))).toThrow('cannot be read');
});

test('endless shallow lines are refused', () => {
  const section = new CommandSection();
  expect(() => {
    for (let count = 0; count < 5_000; count += 1) section.add(encodePkt(`shallow ${A}`));
  }).toThrow('more than 10');
});

test.each(['zzzz', '0003', 'ffff', 'fff1'])('the length %s is malformed', (header) => {
  const splitter = new PktSplitter();
  splitter.add(Buffer.from(header));
  expect(() => splitter.next()).toThrow('not in the form');
});
