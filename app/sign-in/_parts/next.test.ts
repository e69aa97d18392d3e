import { expect, test } from 'vitest';
import { parseNext } from './next.ts';

test.each(['/invitations/abc-DEF_1', '/sites/my-site/logs', '/new?repo=https://example.org/a.git', '/account'])(
  '%s is a place of ours',
  (place) => {
    expect(parseNext(place)).toBe(place);
  },
);

test.each([
  undefined,
  '',
  '/',
  '//evil.example',
  'https://evil.example',
  '/\\evil',
  '/sites/../api',
  '/api/x',
  'javascript:1',
])('%j is none', (place) => {
  expect(parseNext(place)).toBeNull();
});
