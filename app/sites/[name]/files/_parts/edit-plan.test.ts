import { expect, test } from 'vitest';
import { changesOf, folderOf, messageOf, nameOf, removalOf } from './edit-plan.ts';

test('the message says what the commit does', () => {
  expect(messageOf({ from: 'app/main.py', path: 'app/main.py' })).toBe('Change main.py');
  expect(messageOf({ from: null, path: 'app/new.py' })).toBe('Add app/new.py');
  expect(messageOf({ from: 'a.py', path: 'b/a.py' })).toBe('Rename a.py to b/a.py');
  expect(messageOf({ from: null, path: '' })).toBe('');
  expect(removalOf('a.py').message).toBe('Remove a.py');
});

test('a rename takes the old file along, a removal has no content', () => {
  expect(changesOf({ from: 'a', path: 'b', text: 'x' })).toEqual([{ path: 'b', from: 'a', content: 'x' }]);
  expect(changesOf({ from: 'a', path: 'a', text: '' })).toEqual([{ path: 'a', content: '' }]);
  expect(changesOf({ from: null, path: 'a', text: 'x' })).toEqual([{ path: 'a', content: 'x' }]);
  expect(removalOf('a').changes).toEqual([{ path: 'a', content: null }]);
});

test('a path has a name and a folder', () => {
  expect([nameOf('a/b.py'), folderOf('a/b.py')]).toEqual(['b.py', 'a']);
  expect([nameOf('b.py'), folderOf('b.py')]).toEqual(['b.py', '']);
});
