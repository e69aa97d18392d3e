import { expect, test } from 'vitest';
import { resolveTarget } from './resolve.ts';

const RULES = { allow: [], own: [] };

test('a name that a user chose is asked of the name server, and holds none of the threads that read our files', async () => {
  const asked = resolveTarget(new URL('https://nobody.invalid/'), RULES);
  expect(process.getActiveResourcesInfo()).not.toContain('GetAddrInfoReqWrap');
  await expect(asked).rejects.toMatchObject({ code: 'bad-target', message: expect.stringContaining('no address') });
});

test.each(['localhost', 'LOCALHOST.', 'hooks.localhost'])('%s is this machine', async (host) => {
  await expect(resolveTarget(new URL(`https://${host}/`), RULES)).rejects.toThrow('(127.0.0.1) is a private address');
});
