import { expect, it } from 'vitest';
import { createRequestCounter } from '#lib/usage/request-lines.ts';
import { createTraffic } from './traffic.ts';

function given() {
  const sites = new Map<string, string>();
  const lines = createRequestCounter();
  const tally = lines.open();
  const none = new Map<string, number>();
  const read = createTraffic({
    lines,
    openRequests: async () => none,
    known: { byHost: (host) => sites.get(host) ?? null, byAddress: () => null, refresh: () => {} },
  });
  const visit = (host: string, status = 200) => {
    const line = `${host} ${status} 12`;
    expect(tally.take(`${line.length} ${line}`)).toBe(true);
  };
  return { sites, read, visit };
}

it('counts the visits of a site that was visited before it was known, each once', async () => {
  const { sites, read, visit } = given();
  visit('new.example.org');
  visit('new.example.org', 502);
  expect(await read()).toEqual(new Map());
  sites.set('new.example.org', 'one');
  visit('new.example.org');
  expect((await read()).get('one')).toMatchObject({ requests: 3, errors: 1 });
  expect(await read()).toEqual(new Map());
});

it('lets go of the visits of a host that no site turns out to have', async () => {
  const { sites, read, visit } = given();
  visit('nobody.example.org');
  for (let reading = 0; reading < 5; reading += 1) expect(await read()).toEqual(new Map());
  sites.set('nobody.example.org', 'late');
  expect(await read()).toEqual(new Map());
});
