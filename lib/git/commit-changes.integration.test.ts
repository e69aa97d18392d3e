import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { SignedEdit } from './changes.ts';
import { commitChanges } from './commit-changes.ts';
import type { GitSite } from './conversation.ts';
import { createStarter } from './repository.ts';
import { ACCEPT, createStand, leftovers, type Stand } from './test-stand.ts';

let stand: Stand;
let site: GitSite;
let first: string;
let count = 0;

beforeAll(async () => {
  stand = await createStand();
});
afterAll(() => stand.close());
beforeEach(async () => {
  stand.answerWith(ACCEPT);
  site = await stand.createSite(`edit${count++}`);
  first = await createStarter(site.repository, stand.deps.confinement.account);
});

const author = { name: 'A Person', email: 'person@example.org' };
const edit = (changes: SignedEdit['changes'], parent = first): SignedEdit => ({
  parent,
  message: 'Change main.py',
  changes,
  author,
});
const commit = (what: SignedEdit, lines: string[] = []) =>
  commitChanges(stand.deps, site, what, (line) => lines.push(line));

async function git(...args: string[]): Promise<string> {
  const ran = await stand.git('/', `--git-dir=${site.repository}`, '-c', 'safe.directory=*', ...args);
  expect(ran.code, ran.err).toBe(0);
  return ran.out;
}

test('a commit made here is one that git finds no fault in, asked for at the deploy worker as any push', async () => {
  const lines: string[] = [];
  stand.answerWith((_question, connection) => void connection.end('log -----> Python app\nlog        fine\nend 0\n'));
  const id = await commit(
    edit([
      { path: 'main.py', content: 'print("é")\n' },
      { path: 'a/b.txt', content: '' },
    ]),
    lines,
  );
  expect((await git('rev-parse', 'main')).trim()).toBe(id);
  expect(await git('fsck', '--strict', '--no-dangling')).toBe('');
  expect(await git('show', 'main:main.py')).toBe('print("é")\n');
  expect(await git('log', '-1', '--format=%an <%ae>|%s|%P', 'main')).toBe(
    `A Person <person@example.org>|Change main.py|${first}\n`,
  );
  expect((await git('ls-tree', '-r', '--name-only', 'main')).trim().split('\n')).toEqual([
    'Procfile',
    'README.md',
    'a/b.txt',
    'main.py',
  ]);
  expect(lines).toEqual(['-----> Python app', '       fine']);
  expect(stand.questions.at(-1)?.updates).toEqual([{ old: first, new: id, ref: 'refs/heads/main' }]);
});

test('what the deployment refuses leaves main as it was, with its words', async () => {
  stand.answerWith(
    (_question, connection) =>
      void connection.end('log -----> Failed: It does not parse.\nlog        Look at line 1.\nend 1\n'),
  );
  const refused = commit(edit([{ path: 'main.py', content: 'print(' }]));
  await expect(refused).rejects.toMatchObject({
    code: 'push-refused',
    message: 'It does not parse.',
    hint: 'Look at line 1.',
  });
  expect((await git('rev-parse', 'main')).trim()).toBe(first);
  expect(await leftovers(site.repository)).toEqual([]);
});

test('of two who edit the same commit the second is told that main has moved', async () => {
  await commit(edit([{ path: 'main.py', content: 'one' }]));
  await expect(commit(edit([{ path: 'main.py', content: 'two' }]))).rejects.toMatchObject({ code: 'main-moved' });
  expect(await git('show', 'main:main.py')).toBe('one');
});

test('of two who commit at the same moment one wins, and the other is told', async () => {
  const outcomes = await Promise.allSettled(
    ['one', 'two'].map((content) => commit(edit([{ path: 'main.py', content }]))),
  );
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'main-moved' } });
});

test('a commit that changes nothing is none', async () => {
  const text = await git('show', 'main:main.py');
  await expect(commit(edit([{ path: 'main.py', content: text }]))).rejects.toMatchObject({ code: 'bad-request' });
  expect(stand.questions.at(-1)?.siteId).not.toBe(site.id);
});

test('a commit larger than a push may be is refused with the number', async () => {
  site = { ...site, pushBytesMax: 100_000 };
  const content = randomBytes(200_000).toString('hex');
  await expect(commit(edit([{ path: 'big.txt', content }]))).rejects.toThrow(/larger than the 98 KB/);
  expect((await git('rev-parse', 'main')).trim()).toBe(first);
});

test('every file renamed and removed leaves an empty tree, and history goes on from it', async () => {
  const id = await commit(edit(['Procfile', 'README.md', 'main.py'].map((path) => ({ path, content: null }))));
  expect(await git('ls-tree', '-r', 'main')).toBe('');
  await commit(edit([{ path: 'index.html', content: 'Hello' }], id));
  expect(await git('show', 'main:index.html')).toBe('Hello');
});
