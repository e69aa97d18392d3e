import { expect, test } from 'vitest';
import { createKeptOutput } from './kept-output.ts';

test('everything is kept while it fits', () => {
  const kept = createKeptOutput(100);
  kept.add(Buffer.from('one\ntw'));
  kept.add(Buffer.from('o\n'));
  expect(kept.all().toString()).toBe('one\ntwo\n');
});

test('of more the last is kept, from the begin of a line', () => {
  const kept = createKeptOutput(10);
  for (let line = 0; line < 1_000; line += 1) kept.add(Buffer.from(`line ${line}\n`));
  expect(kept.all().toString()).toBe('line 999\n');
  kept.add(Buffer.from('$ '));
  expect(kept.all().toString()).toBe('$ ');
});

test('what has no line end is kept as it is', () => {
  const kept = createKeptOutput(4);
  kept.add(Buffer.from('abcdefghij'));
  expect(kept.all().toString()).toBe('ghij');
});
