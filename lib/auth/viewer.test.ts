import { describe, expect, it } from 'vitest';
import { parseCredentials } from './viewer.ts';

const NAME = 'lightkeeper.session';
const parse = (headers: Record<string, string>) => parseCredentials(new Headers(headers), NAME);
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('parseCredentials', () => {
  it('finds the session among other cookies', () => {
    expect(parse({ cookie: `a=1; ${NAME}=abc.def; b=2` }).session).toBe('abc.def');
  });

  it.each(['', 'a=1', `x${NAME}=abc`, `${NAME}=`, NAME])('finds no session in "%s"', (cookie) => {
    expect(parse({ cookie }).session).toBeNull();
  });

  it('takes the first of two cookies of the name, as a browser orders them', () => {
    expect(parse({ cookie: `${NAME}=first; ${NAME}=second` }).session).toBe('first');
  });

  it.each([
    ['Bearer lk_abc', 'lk_abc'],
    ['bearer   lk_abc', 'lk_abc'],
    [basic('anyone:lk_abc'), 'lk_abc'],
    [basic(':lk:with:colons'), 'lk:with:colons'],
  ])('reads the token of "%s"', (authorization, token) => {
    expect(parse({ authorization }).token).toBe(token);
  });

  it.each(['', 'Bearer', 'Basic', basic('no colon'), basic('empty:'), 'Digest abc', `Bearer ${'x'.repeat(2000)}`])(
    'finds no token in "%s"',
    (authorization) => {
      expect(parse({ authorization }).token).toBeNull();
    },
  );
});
