import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { isSigned, judgeHook, parsePayload } from './hook.ts';

test('a signature is of this body and this secret', () => {
  // From GitHub's documentation.
  const [secret, body] = ["It's a Secret to Everybody", Buffer.from('Hello, World!')];
  const header = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
  expect(isSigned(secret, body, header)).toBe(true);
  expect(isSigned(secret, Buffer.from('Hello, World?'), header)).toBe(false);
  expect(isSigned('another', body, header)).toBe(false);
  const sha1 = `sha1=${createHmac('sha1', secret).update(body).digest('hex')}`;
  for (const bad of [null, '', 'sha256=', header.slice(0, -1), header.toUpperCase(), sha1, `${header}0`]) {
    expect(isSigned(secret, body, bad)).toBe(false);
  }
});

test.each<[string | null, unknown, string | null, string]>([
  ['ping', {}, null, 'pong'],
  ['push', { ref: 'refs/heads/main', repository: { default_branch: 'main' } }, null, 'fetch'],
  ['push', { ref: 'refs/heads/dev', repository: { default_branch: 'main' } }, null, 'nothing'],
  ['push', { ref: 'refs/heads/dev' }, 'dev', 'fetch'],
  ['push', { ref: 'refs/tags/dev' }, 'dev', 'nothing'],
  ['push', { ref: 'refs/heads/dev', deleted: true }, 'dev', 'nothing'],
  ['push', null, null, 'nothing'],
  ['push', { ref: 7 }, null, 'nothing'],
  ['issues', { ref: 'refs/heads/main' }, 'main', 'nothing'],
  [null, { ref: 'refs/heads/main' }, 'main', 'nothing'],
])('%s of %j for the branch %j asks for: %s', (event, payload, branch, wish) => {
  expect(judgeHook(event, payload, branch)).toBe(wish);
});

test('a payload comes as JSON or in a form', () => {
  expect(parsePayload(Buffer.from('{"a":1}'), 'application/json')).toEqual({ a: 1 });
  expect(parsePayload(Buffer.from('payload=%7B%22a%22%3A1%7D'), 'application/x-www-form-urlencoded')).toEqual({ a: 1 });
  expect(parsePayload(Buffer.from('x'), null)).toBeNull();
});
