import { expect, test } from 'vitest';
import { parseContainer } from './state.ts';

function answer(status: string, changes: Record<string, unknown> = {}) {
  return {
    Id: 'a'.repeat(64),
    Config: { Labels: { 'lightkeeper.instance': 'one', 'lightkeeper.site': 'abc', 'lightkeeper.generation': '3' } },
    State: { Status: status, ExitCode: 0, OOMKilled: false, StartedAt: '2026-01-02T03:04:05.678901234Z', ...changes },
    NetworkSettings: { Networks: { bridge: { IPAddress: '10.213.0.9' } } },
  };
}

test.each([
  ['created', 'created', null, null],
  ['running', 'running', '10.213.0.9', null],
  ['paused', 'paused', '10.213.0.9', null],
  ['restarting', 'running', '10.213.0.9', null],
  ['exited', 'exited', null, 137],
  ['removing', 'removing', null, null],
  ['dead', 'removing', null, null],
])('the engine’s %s is our %s', (theirs, status, address, exitCode) => {
  const { state } = parseContainer(answer(theirs, { ExitCode: 137 }));
  expect(state).toMatchObject({ siteId: 'abc', generation: 3, status, address, exitCode });
});

test('a container that never started has no start', () => {
  expect(parseContainer(answer('created', { StartedAt: '0001-01-01T00:00:00Z' })).state.startedAt).toBeNull();
  expect(parseContainer(answer('running')).state.startedAt?.toISOString()).toBe('2026-01-02T03:04:05.678Z');
});

test('a container without our labels belongs to nobody of ours', () => {
  expect(parseContainer({ ...answer('running'), Config: { Labels: null } })).toMatchObject({ instance: null });
});

test('an empty address is none', () => {
  const empty = { ...answer('running'), NetworkSettings: { Networks: { bridge: { IPAddress: '' } } } };
  expect(parseContainer(empty).state.address).toBeNull();
});

test('an answer of another shape is refused', () => {
  expect(() => parseContainer({ Id: 'x' })).toThrow();
  expect(() => parseContainer(answer('levitating'))).toThrow();
});
