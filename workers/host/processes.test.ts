import { expect, test } from 'vitest';
import { parseMark } from './processes.ts';

const environ = (mark: string) => `PATH=/bin\0LIGHTKEEPER_SERVICE=${mark}\0HOME=/root\0`;

test('a process says by its environment which service of which instance it belongs to', () => {
  expect(parseMark(environ('/srv/lk:web'), '/srv/lk')).toBe('web');
});

test.each([
  ['another instance', '/srv/lk2:web'],
  ['an instance below this one', '/srv/lk/inner:web'],
  ['a value that only begins like the mark', '/srv/l'],
])('%s is not ours', (_, mark) => expect(parseMark(environ(mark), '/srv/lk')).toBeNull());

test('a mark inside another variable does not count', () => {
  expect(parseMark('NOTE=LIGHTKEEPER_SERVICE=/srv/lk:web\0', '/srv/lk')).toBeNull();
});
