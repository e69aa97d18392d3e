import { describe, expect, it } from 'vitest';
import { joinLog } from './join-log.ts';

const piece = (number: number, from: number, to: number, text: string) => ({ number, from, to, text });

describe('joinLog', () => {
  it('appends what follows', () => {
    expect(joinLog(piece(1, 0, 3, 'abc'), piece(1, 3, 5, 'de'))).toEqual(piece(1, 0, 5, 'abcde'));
  });

  it.each([
    ['of another deployment', piece(2, 3, 5, 'de')],
    ['after a gap', piece(1, 4, 5, 'e')],
    ['that begins anew', piece(1, 0, 2, 'xy')],
  ])('starts over with a piece %s', (_what, next) => {
    expect(joinLog(piece(1, 0, 3, 'abc'), next)).toEqual(next);
  });
});
