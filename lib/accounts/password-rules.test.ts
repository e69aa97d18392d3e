import { describe, expect, it } from 'vitest';
import { judgePassword, PASSWORD_LENGTH_MAX } from './password-rules.ts';

const judge = (password: string) => () => judgePassword(password, 'mira.holt@example.org');

describe('a password', () => {
  it.each([
    ['short', 'at least 10 characters; this one has 5'],
    ['ünïcödé🔑', 'this one has 8'],
    [`${'x'.repeat(PASSWORD_LENGTH_MAX)}y`, 'at most 200'],
    ['Password123', 'among the first'],
    ['ｐａｓｓｗｏｒｄ１２３', 'among the first'],
    ['1234567890', 'among the first'],
    ['abcdefghijkl', 'among the first'],
    ['9876543210', 'among the first'],
    ['abababababab', 'again and again'],
    ['aaaaaaaaaaaaaaa', 'again and again'],
    ['MIRA.HOLT@example.org', 'your e-mail address'],
  ])('"%s" is refused', (password, why) => {
    expect(judge(password)).toThrow(why);
  });

  it.each(['lamp gravel otter', 'correct horse battery', 'ten chars!', 'пароль-из-слов', 'x1x1x1yzq9'])(
    '"%s" is taken, whatever characters it has',
    (password) => {
      expect(judge(password)).not.toThrow();
    },
  );
});
