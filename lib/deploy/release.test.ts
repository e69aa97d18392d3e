// The worker's end of a deployment alone, towards a script that ends as real ones may.

import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { Engine, ExecRequest } from '../engine/engine.ts';
import { openRelease } from './release.ts';

/** A script that says these words after its mark and ends with this code. */
function engineOf(words: string, code: number): Engine {
  const exec = async (_siteId: string, { command }: ExecRequest) => {
    const stdout = new PassThrough();
    stdout.end(`\n${command[3]} ${words}\n`);
    const exited = new Promise<number>((resolve) => stdout.once('end', () => resolve(code)));
    return { stdin: new PassThrough(), stdout, stderr: null, resize: async () => {}, exited, hangUp: async () => {} };
  };
  return { exec } as unknown as Engine;
}

test.each([
  ['failed build 1', 12, true],
  ['failed check 1', 13, true],
  // What `dash` ends with when it cannot fork: a bomb of the build has taken all processes.
  ['failed build 1', 2, false],
  ['failed build 1', 137, false],
  ['aborted', 16, true],
])('a release whose script said "%s" and ended with %i is taken back: %s', async (words, code, isTakenBack) => {
  const report = { event: () => {}, line: () => {} };
  const session = await openRelease(engineOf(words, code), 'site', { action: 'deploy', number: 2 }, report);
  const starting = session.start('plan', null, 1_000);
  await expect(starting).rejects.toThrow();
  expect(await session.abort()).toBe(isTakenBack);
});
