import { expect, test } from 'vitest';
import { diffRoutes, parseOpenRequests, parseShownMap, renderMap } from './map.ts';

const a = { address: '10.213.0.2', port: 8001 };
const b = { address: '10.213.0.3', port: 8001 };

test('what is written is read back', () => {
  const routes = new Map([
    ['calm-bay-1.localhost', a],
    ['x.example.org', b],
  ]);
  const shown = renderMap(routes)
    .split('\n')
    .map((line) => `0x55d0 ${line}`)
    .join('\n');
  expect(parseShownMap(shown)).toEqual(routes);
});

test('open requests are read by host, and unreadable lines are left out', () => {
  const shown = [
    '# table: open, type: string, size:102400, used:3',
    '0x7f039c049658: key=calm-bay-1.localhost use=2 exp=9503 conn_cur=2',
    '0x5625e35018c8: key=x.example.org use=0 exp=9489 conn_cur=0',
    '0x5625e35018c9: key= use=0 exp=9489 conn_cur=1',
  ].join('\n');
  expect(parseOpenRequests(shown)).toEqual(new Map([['calm-bay-1.localhost', 2]]));
});

test('a difference changes only what differs', () => {
  const actual = new Map([
    ['same.localhost', a],
    ['moved.localhost', a],
    ['gone.localhost', a],
  ]);
  const desired = new Map([
    ['same.localhost', a],
    ['moved.localhost', b],
    ['new.localhost', b],
  ]);
  expect(diffRoutes(actual, desired)).toEqual({
    set: [
      ['moved.localhost', b],
      ['new.localhost', b],
    ],
    remove: ['gone.localhost'],
  });
});

test.each(['a b.localhost', 'x\nset map', '', '-x', 'a;b', 'A.localhost'])('%j never gets into the map', (host) => {
  expect(() => renderMap(new Map([[host, a]]))).toThrow('not a host name');
});

test('a target that is no address is refused', () => {
  expect(() => renderMap(new Map([['a.localhost', { address: 'evil host', port: 1 }]]))).toThrow('target');
});
