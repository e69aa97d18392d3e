import { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { sendTogether } from './outgoing.ts';

/** Notes what would be one system call each. */
function recorder() {
  const calls: string[] = [];
  const sink = new Writable({
    write: (chunk, _, done) => {
      calls.push(String(chunk));
      done();
    },
    writev: (chunks, done) => {
      calls.push(chunks.map(({ chunk }) => String(chunk)).join('+'));
      done();
    },
  });
  sendTogether(sink);
  return { sink, calls };
}

test('the pieces of one turn go out together, those of the next one after', async () => {
  const { sink, calls } = recorder();
  for (const piece of ['length', 'body', 'tag']) sink.write(piece);
  expect(calls).toEqual([]);
  expect(sink.writableLength).toBe(13);
  await turn();
  for (const piece of ['next', 'tag']) sink.write(piece);
  await turn();
  expect(calls).toEqual(['length+body+tag', 'next+tag']);
});

test('what was written before the end still goes out', async () => {
  const { sink, calls } = recorder();
  sink.write('goodbye');
  sink.end('.');
  await turn();
  expect(calls).toEqual(['goodbye+.']);
  expect(sink.writableFinished).toBe(true);
});
