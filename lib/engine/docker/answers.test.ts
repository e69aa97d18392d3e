// What is read from the engine and from settings, as tables.

import { expect, test } from 'vitest';
import { parseAddress } from './client.ts';
import { parseEvent } from './events.ts';
import { explainFailedStart } from './failed-start.ts';
import { skeletonEntries } from './skeleton.ts';
import { tar } from './tar.ts';

test.each([
  ['unix:///run/docker.sock', { socketPath: '/run/docker.sock', host: undefined, port: undefined }],
  ['tcp://10.0.0.5:2375', { socketPath: undefined, host: '10.0.0.5', port: '2375' }],
  ['http://engine:2375/', { socketPath: undefined, host: 'engine', port: '2375' }],
])('%s is an engine’s address', (address, expected) => {
  expect(parseAddress(address)).toMatchObject(expected);
});

test.each(['', '/run/docker.sock', 'ssh://root@host', 'tcp://host', 'unix://relative'])(
  '%j is no address',
  (address) => {
    expect(() => parseAddress(address)).toThrow('is not an engine');
  },
);

const event = (action: string, attributes: unknown) =>
  JSON.stringify({ Action: action, Actor: { Attributes: attributes } });

test.each([
  ['start', 'started'],
  ['die', 'died'],
  ['oom', 'out-of-memory'],
  ['destroy', 'removed'],
  ['pause', 'paused'],
  ['unpause', 'unpaused'],
])('the engine’s %s is our %s', (action, kind) => {
  expect(parseEvent(event(action, { 'lightkeeper.site': 'abc' }))).toEqual({ siteId: 'abc', kind });
});

test.each([
  ['an exec', event('exec_start: sh', { 'lightkeeper.site': 'abc' })],
  ['a stranger’s container', event('start', { image: 'x' })],
  ['no attributes', event('start', null)],
  ['half a line', '{"Action":"sta'],
  ['nothing', ''],
])('%s is no change', (_, line) => {
  expect(parseEvent(line)).toBeNull();
});

const failed = (reason: string) =>
  `OCI runtime exec failed: exec failed: unable to start container process: ${reason}: unknown\r\n`;

test.each([
  ['exec: "x": executable file not found in $PATH', 127, 'x: command not found'],
  ['exec: "x": stat /x: no such file or directory', 127, 'x: command not found'],
  ['exec: "x": permission denied', 126, 'x: cannot be run'],
  ['chdir to cwd ("/w") set in config.json failed: no such file or directory', 126, '/w: no such directory'],
])('%s exits with %i', (reason, exitCode, sentence) => {
  expect(explainFailedStart(failed(reason), { command: ['x'], workingDir: '/w' })).toEqual({ exitCode, sentence });
});

test('the skeleton is the same archive each time, in whole blocks', () => {
  const archive = tar(skeletonEntries(Buffer.from('init'), Buffer.from('shell')));
  expect(archive.equals(tar(skeletonEntries(Buffer.from('init'), Buffer.from('shell'))))).toBe(true);
  expect(archive.length % 512).toBe(0);
  expect(archive.toString('latin1')).toContain('ustar\x0000');
});
