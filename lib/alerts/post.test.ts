import { expect, test } from 'vitest';
import { failure } from './post.ts';

test('a receiver’s own words in a failure are one short line', () => {
  const names = Array.from({ length: 5_000 }, (_, index) => `DNS:host-${index}.example.org`).join(', ');
  const error = new Error(`Hostname/IP does not match certificate's altnames: \x1b[2J\n${names}`);
  const sentence = failure('hooks.example.org', error);
  expect(sentence).toMatch(/^hooks\.example\.org could not be reached: Hostname\/IP does not match/);
  expect(sentence).not.toMatch(/\p{Cc}/u);
  expect(sentence.length).toBeLessThan(300);
});
