import { expect, test } from 'vitest';
import { createReaders, parseQuestion } from './logs-server.ts';

const ID = '0198f3a0-0000-7000-8000-000000000000';

test('a question names a site, how many lines, and perhaps words', () => {
  expect(parseQuestion('GET', `/sites/${ID}/lines?count=5&query=a%26b`)).toEqual({
    ...{ siteId: ID, kind: 'lines', count: 5, query: 'a&b' },
  });
  expect(parseQuestion('GET', `/sites/${ID}/follow`)).toMatchObject({ kind: 'follow', count: 500 });
});

test.each([
  ['POST', `/sites/${ID}/lines`],
  ['GET', '/sites/x/lines'],
  ['GET', `/sites/${ID}/../lines`],
  ['GET', `/sites/${ID}/lines?count=-1`],
  ['GET', `/sites/${ID}/lines?count=5001`],
  ['GET', `/sites/${ID}/lines?count=1e3.5`],
  ['GET', '//'],
])('%s %s is none', (method, url) => expect(parseQuestion(method, url)).toBeNull());

test('a site has six readers at a time, and place for another when one has gone', () => {
  const readers = createReaders();
  const leaves = [1, 2, 3, 4, 5, 6].map(() => readers.enter('a'));
  expect(() => readers.enter('a')).toThrow('is being read 6 times already');
  readers.enter('b');
  leaves[0]?.();
  readers.enter('a');
});
