import { expect, test } from 'vitest';
import { parsePlace, parseResize } from './message.ts';

const ID = '0123456789abcdef';

test('a terminal’s address names the site, the shell and the size of the page', () => {
  expect(parsePlace(`/api/sites/my-site/terminal?id=${ID}&columns=100&rows=30`)).toEqual({
    name: 'my-site',
    id: ID,
    size: { columns: 100, rows: 30 },
  });
  expect(parsePlace(`/api/sites/a/terminal?id=${ID}`)?.size).toEqual({ columns: 80, rows: 24 });
});

test.each([
  '/api/sites/my-site/terminal',
  '/api/sites/my-site/terminal?id=short',
  `/api/sites/my-site/terminal?id=${'x'.repeat(100)}`,
  `/api/sites/../terminal?id=${ID}`,
  `/api/sites/a/b/terminal?id=${ID}`,
  `/api/sites/%61/terminal?id=${ID}`,
])('%s is none', (url) => {
  expect(parsePlace(url)).toBeNull();
});

test('a size is brought into bounds, and what is none is passed over', () => {
  expect(parseResize('{"columns":9999,"rows":-1}')).toEqual({ columns: 500, rows: 24 });
  for (const text of ['', 'null', '[]', '{"columns":"1","rows":2}', '{"columns":1', '"x"']) {
    expect(parseResize(text)).toBeNull();
  }
});
