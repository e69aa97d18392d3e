import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRequestCounter, parseRequestLine } from './request-lines.ts';

const frame = (line: string) => `${line.length} ${line}`;
const host = fc.stringMatching(/^[a-z0-9]{1,12}(-[a-z0-9]{1,8})?\.localhost$/);
const request = fc.record({
  host,
  status: fc.integer({ min: 100, max: 599 }),
  millis: fc.integer({ min: 0, max: 120_000 }),
});

describe('the stream of request lines', () => {
  test('means the same however it is cut into pieces', () => {
    fc.assert(
      fc.property(fc.array(request, { maxLength: 40 }), fc.array(fc.nat(60), { maxLength: 80 }), (requests, cuts) => {
        const text = requests.map(({ host, status, millis }) => frame(`${host} ${status} ${millis}`)).join('');
        const counter = createRequestCounter();
        const tally = counter.open();
        let rest = text;
        for (const cut of cuts) {
          expect(tally.take(rest.slice(0, cut))).toBe(true);
          rest = rest.slice(cut);
        }
        expect(tally.take(rest)).toBe(true);
        const { hosts, refused } = counter.collect();
        expect(refused).toBe(0);
        for (const name of new Set(requests.map((each) => each.host))) {
          const ofHost = requests.filter((each) => each.host === name);
          expect(hosts.get(name)?.requests).toBe(ofHost.length);
          expect(hosts.get(name)?.errors).toBe(ofHost.filter(({ status }) => status >= 500).length);
        }
        expect([...hosts.values()].reduce((sum, each) => sum + each.requests, 0)).toBe(requests.length);
      }),
    );
  });

  test('never throws and never counts what is no line, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 8 }), (pieces) => {
        const counter = createRequestCounter();
        const tally = counter.open();
        for (const piece of pieces) if (!tally.take(Buffer.from(piece).toString('latin1'))) break;
        expect(counter.collect().hosts.size).toBe(0);
      }),
    );
  });

  test.each(['0 ', '01 x', '999 x', '1000 x', '99999', 'x 1', ' 5 x', '-1 x', '3x abc'])('is ended by %j', (start) => {
    expect(createRequestCounter().open().take(start)).toBe(false);
  });

  test('keeps no more than one line that is still to come', () => {
    const tally = createRequestCounter().open();
    expect(tally.take(`500 ${'a'.repeat(499)}`)).toBe(true);
    expect(tally.take('a')).toBe(true);
    expect(tally.take('17 a.localhost 200 0')).toBe(true);
  });

  test('has a bounded number of hosts', () => {
    const counter = createRequestCounter();
    const tally = counter.open();
    for (let index = 0; index < 6_000; index += 1) tally.take(frame(`h${index}.localhost 200 1`));
    const { hosts, refused } = counter.collect();
    expect([hosts.size, refused]).toEqual([5_000, 1_000]);
  });

  test('starts from nothing after it was collected', () => {
    const counter = createRequestCounter();
    counter.open().take(frame('a.localhost 500 12'));
    expect(counter.collect().hosts.get('a.localhost')).toMatchObject({ requests: 1, errors: 1 });
    expect(counter.collect()).toEqual({ hosts: new Map(), refused: 0 });
  });
});

test('a conversation that switched protocols is a request without a duration', () => {
  const counter = createRequestCounter();
  counter.open().take(frame('a.localhost 101 3600000'));
  expect(counter.collect().hosts.get('a.localhost')).toEqual({ requests: 1, errors: 0, latency: [] });
});

test.each([
  ['a.localhost 200 12', { host: 'a.localhost', status: 200, millis: 12 }],
  ['a.localhost 200 12\n', { host: 'a.localhost', status: 200, millis: 12 }],
  ['- 400 0', null],
  ['A.localhost 200 1', null],
  ['a.localhost evil 200 1', null],
  ['a.localhost 200 1 b.localhost 200 1', null],
  ['a.localhost 200 -1', null],
  ['a.localhost -1 1', null],
  ['a.localhost\n200 1', null],
  [`${'a'.repeat(300)} 200 1`, null],
  ['', null],
])('reads %j', (line, expected) => {
  expect(parseRequestLine(line)).toEqual(expected);
});
