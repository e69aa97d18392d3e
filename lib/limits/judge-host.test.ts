import { expect, test } from 'vitest';
import { exampleHost } from '../usage/testing/examples.ts';
import { type HostState, judgeHost, newHostState } from './judge-host.ts';

const GB = 1024 ** 3;
const memory = (used: number) => exampleHost({ memoryBytes: 20 * GB, memoryBytesUsed: used * GB });

function run(gigabytes: number[], from: HostState = newHostState()) {
  let state = from;
  return gigabytes.flatMap((used) => {
    const outcome = judgeHost(memory(used), state);
    state = outcome.state;
    return outcome.events.map(({ level, text }) => `${level}: ${text}`);
  });
}

test('a machine with room says nothing', () => {
  expect(run([1, 5, 15.9])).toEqual([]);
});

test('each level is told once, with the numbers, and that it is well again', () => {
  expect(run([16, 16.1, 19.1, 19.5, 17, 16, 14, 14])).toEqual([
    "warn: The machine's memory is at 80 %: 16 GB of 20 GB.",
    "critical: The machine's memory is nearly used up: 19.1 GB of 20 GB.",
    "info: The machine's memory has room again: 14 GB of 20 GB.",
  ]);
});

test('one reading below the mark, or a use that swings around it, is not well again', () => {
  expect(run([16, 14, 15.5, 14, 16, 15.1])).toHaveLength(1);
});

test('a keeper that starts anew does not tell again what was told', () => {
  expect(run([16.5], newHostState({ 'host-memory': 'warn' }))).toEqual([]);
  expect(run([3, 3], newHostState({ 'host-memory': 'critical' }))).toHaveLength(1);
});

test('processes and the disk of the platform are told of too', () => {
  const { events } = judgeHost(
    exampleHost({ pids: 32_000, pidsMax: 32_768, platformBytes: 100 * GB, platformBytesFree: 4 * GB }),
    newHostState(),
  );
  expect(events.map(({ text }) => text)).toEqual([
    'Nearly all processes of the machine are taken: 32,000 of 32,768.',
    "The disk that holds the platform's own data is nearly full: 96 GB of 100 GB.",
  ]);
});

test('what could not be read is not judged', () => {
  expect(judgeHost(exampleHost({ pids: 5, pidsMax: 0 }), newHostState()).events).toEqual([]);
});
