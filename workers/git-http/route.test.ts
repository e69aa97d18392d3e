import { expect, test } from 'vitest';
import { parseQuestion } from './history-question.ts';
import { parseGitRoute, parsePassword } from './route.ts';

const ID = '0199a0b2-1111-7222-8333-444455556666';

test('the four requests of the smart protocol are known', () => {
  expect(parseGitRoute('GET', '/calm-bay.git/info/refs?service=git-upload-pack')).toEqual({
    kind: 'advertise',
    name: 'calm-bay',
    service: 'upload-pack',
  });
  expect(parseGitRoute('GET', '/calm-bay.git/info/refs?service=git-receive-pack')).toMatchObject({
    service: 'receive-pack',
  });
  expect(parseGitRoute('POST', '/calm-bay.git/git-upload-pack')).toEqual({
    kind: 'rpc',
    name: 'calm-bay',
    service: 'upload-pack',
  });
  expect(parseGitRoute('POST', '/calm-bay.git/git-receive-pack')).toMatchObject({
    kind: 'rpc',
    service: 'receive-pack',
  });
});

test.each([
  ['GET', '/calm-bay.git/HEAD'],
  ['GET', '/calm-bay.git/objects/info/packs'],
  ['GET', '/git/../../other.git/info/refs?service=git-upload-pack'],
  ['GET', '/calm-bay.git/../other-bay.git/info/refs?service=git-upload-pack'],
  ['GET', '/%2e%2e/other.git/info/refs'],
  ['GET', '//calm-bay.git/info/refs'],
  ['GET', '/calm-bay.git//info/refs'],
  ['GET', '/calm-bay.git/info/refs\0'],
  ['GET', '/CALM-BAY.git/info/refs?service=git-upload-pack'],
  ['GET', '/-x.git/info/refs?service=git-upload-pack'],
  ['POST', '/calm-bay.git/info/refs?service=git-upload-pack'],
  ['GET', '/calm-bay.git/git-upload-pack'],
  ['POST', '/calm-bay.git/git-upload-archive'],
  ['POST', '/calm-bay.git/git-upload-pack?x'],
])('%s %j is not answered', (method, url) => {
  expect(parseGitRoute(method, url)).toBeNull();
});

test('the token is the password, whatever the user is called', () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  expect(parsePassword(basic('git:to:ken'))).toBe('to:ken');
  expect(parsePassword(basic(':token'))).toBe('token');
  for (const header of [undefined, '', 'Bearer x', basic('token'), basic('user:'), `Basic ${'A'.repeat(2_000)}`]) {
    expect(parsePassword(header)).toBeNull();
  }
});

test('questions about a repository name a site by its id, within bounds', () => {
  expect(parseQuestion('GET', `/sites/${ID}/commits`)).toEqual({ kind: 'commits', siteId: ID, limit: 20 });
  expect(parseQuestion('GET', `/sites/${ID}/files?path=a%2Fb`)).toEqual({
    kind: 'files',
    siteId: ID,
    path: 'a/b',
    commit: null,
  });
  expect(parseQuestion('GET', `/sites/${ID}/raw?path=a&commit=${'a'.repeat(40)}`)).toEqual({
    kind: 'raw',
    siteId: ID,
    path: 'a',
    commit: 'a'.repeat(40),
  });
  expect(parseQuestion('POST', `/sites/${ID}/commits`)).toEqual({ kind: 'commit', siteId: ID });
  for (const url of [
    `/sites/${ID}`,
    '/sites/../x/commits',
    `/sites/${ID}/commits?limit=1000`,
    `/sites/${ID}/commits?limit=x`,
    `/sites/${ID}/files?path=${'x'.repeat(5_000)}`,
    `/sites/${ID}/files?path=a%00b`,
    `/sites/${ID}/files?commit=main`,
    `/sites/${ID}/raw?commit=--help`,
    '//',
  ]) {
    expect(parseQuestion('GET', url), url).toBeNull();
  }
  expect(parseQuestion('POST', `/sites/${ID}/files`)).toBeNull();
  expect(parseQuestion('DELETE', `/sites/${ID}/commits`)).toBeNull();
});
