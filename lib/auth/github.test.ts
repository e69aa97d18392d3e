import { expect, test } from 'vitest';
import { verifiedAddress } from './github.ts';

const address = (email: string, primary: boolean, verified: boolean) => ({ email, primary, verified });

test('the primary address counts, if GitHub has verified it', () => {
  expect(verifiedAddress([address('a@x.org', false, true), address('b@x.org', true, true)])).toBe('b@x.org');
});

test('an address that anybody may have typed never counts', () => {
  expect(verifiedAddress([address('victim@x.org', true, false), address('mine@x.org', false, true)])).toBe(
    'mine@x.org',
  );
  expect(verifiedAddress([address('victim@x.org', true, false)])).toBeNull();
  expect(verifiedAddress([])).toBeNull();
});
