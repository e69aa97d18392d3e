import { expect, test } from 'vitest';
import { withTerminalSize } from './terminal-size.ts';

test('the words of the command stay words, and the size is whole and within bounds', () => {
  const command = ['/bin/bash', '-c', 'echo "$1" \'x\'; exit 3'];
  expect(withTerminalSize(command, { columns: 4_294_967_295, rows: -1 }).slice(3)).toEqual([
    'sh',
    '1',
    '500',
    ...command,
  ]);
  expect(withTerminalSize(command, { columns: 80.9, rows: Number.NaN }).slice(4, 6)).toEqual(['1', '80']);
});
