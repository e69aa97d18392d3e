import { expect, test } from 'vitest';
import type { Change } from './changes.ts';
import { editTree } from './edit-tree.ts';
import { encodeCommit, encodeObject, encodeTree, type TreeLine } from './objects.ts';
import { refusalOf } from './push-objects.ts';

const LIMITS = { pushBytesMax: 1_000, fullPool: () => null };
const blob = (text: string) => encodeObject('blob', Buffer.from(text)).id;
const line = (name: string, id = blob(name), mode = '100644'): TreeLine => ({ mode, name, id });

/** Trees in memory: what is committed, and how it is read. */
function stand(...top: TreeLine[]) {
  const trees = new Map<string, TreeLine[]>();
  const add = (lines: TreeLine[]) => {
    const { id } = encodeTree(lines);
    trees.set(id, lines);
    return id;
  };
  const folder = add([line('inner.txt'), line('run', blob('run'), '100755')]);
  const root = add([line('main.py'), line('folder', folder, '40000'), line('link', blob('x'), '120000'), ...top]);
  const read = async (id: string) => trees.get(id) ?? [];
  const edit = (...changes: Change[]) => editTree(read, root, changes);
  return { root, folder, edit };
}

test('objects have the ids that git gives them', () => {
  expect(blob('')).toBe('e69de29bb2d1d6434b8b29ae775ad8c2e48c5391');
  expect(encodeTree([]).id).toBe('4b825dc642cb6eb9a060e54bf8d69288fbee4904');
});

test('a tree is ordered by bytes, folders as if they ended with a slash', () => {
  const { body } = encodeTree([line('a', blob(''), '40000'), line('a.b'), line('a-b')]);
  const names = [...body.toString('latin1').matchAll(/\d{5,6} ([^\0]+)\0/g)].map(([, name]) => name);
  expect(names).toEqual(['a-b', 'a.b', 'a']);
});

test('a changed file gets a new tree on its way, and keeps its mode; what is beside it keeps its id', async () => {
  const { edit, folder } = stand();
  const edited = await edit({ path: 'folder/run', content: 'new' });
  const inner = encodeTree([line('inner.txt'), line('run', blob('new'), '100755')]);
  const top = encodeTree([line('main.py'), line('folder', inner.id, '40000'), line('link', blob('x'), '120000')]);
  expect(edited.id).toBe(top.id);
  expect(edited.objects.map(({ id }) => id)).toEqual([blob('new'), inner.id, top.id]);
  expect(folder).not.toBe(inner.id);
});

test('a file is made in folders that are new, removed with its folder, and renamed with its mode', async () => {
  const { edit, root } = stand();
  const made = await edit({ path: 'a/b/ü.txt', content: 'x' });
  expect(made.objects.filter(({ kind }) => kind === 'tree')).toHaveLength(3);
  expect((await edit({ path: 'a/b', content: 'x' }, { path: 'a/b', content: null })).id).toBe(root);
  const moved = await edit(
    { path: 'go', from: 'folder/run', content: null },
    { path: 'folder/inner.txt', content: null },
  );
  const lines = [line('main.py'), line('go', blob('run'), '100755'), line('link', blob('x'), '120000')];
  expect(moved.id).toBe(encodeTree(lines).id);
});

test('a name in another encoding stays as it is', async () => {
  const { edit, root } = stand(line('caf\u00e9'));
  const edited = await edit({ path: 'new', content: 'x' }, { path: 'new', content: null });
  expect(edited.id).toBe(root);
});

test.each<[string, Change, RegExp]>([
  ['out of the repository', { path: '../x', content: '' }, /"\.\." part/],
  ['into git’s own', { path: '.git/config', content: '' }, /means "\.git"/],
  ['onto a folder', { path: 'folder', content: '' }, /is a folder/],
  ['through a file', { path: 'main.py/x', content: '' }, /goes through a file/],
  ['through a link', { path: 'link/x', content: '' }, /goes through a file/],
  ['of what is absent', { path: 'nothing', content: null }, /is not in main/],
  ['from what is absent', { path: 'x', from: 'nothing', content: null }, /is not in main/],
  ['onto another file', { path: 'main.py', from: 'folder/run', content: null }, /is there already/],
  ['with a line end', { path: 'a\nb', content: '' }, /control characters/],
])('a change %s is refused', async (_, change, reason) => {
  await expect(stand().edit(change)).rejects.toThrow(reason);
});

test('a name cannot add a line to the commit', () => {
  const by = { name: 'A\nparent x', email: 'a@b>\ntree y', at: new Date(0) };
  const text = encodeCommit('a'.repeat(40), 'b'.repeat(40), by, 'Hello').body.toString();
  expect(text.split('\n')).toHaveLength(7);
  expect(text).toContain('author Aparent x <a@btree y> 0 +0000');
});

test('a refusal is told in the words of the deployment', () => {
  const lines = ['-----> Python app', '-----> Failed: main.py has a fault.', '       Correct it.'];
  expect(refusalOf(lines, '', LIMITS)).toMatchObject({
    code: 'push-refused',
    message: 'main.py has a fault.',
    hint: 'Correct it.',
  });
  expect(refusalOf(['Another push has changed main in the meantime.'], '', LIMITS)).toMatchObject({
    code: 'main-moved',
  });
  expect(refusalOf([], 'The site’s disk is full.', LIMITS)).toMatchObject({ message: 'The site’s disk is full.' });
  expect(refusalOf([], '', LIMITS)).toMatchObject({ code: 'interrupted' });
});
