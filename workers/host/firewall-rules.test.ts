import { expect, test } from 'vitest';
import { parseResolvers, renderFirewall } from './firewall-rules.ts';

const plan = {
  instance: 'one',
  bridge: 'lk-one',
  subnet: '10.77.0.0/20',
  resolvers: ['192.168.1.1'],
  allow: ['10.9.0.0/16', '172.20.0.5/32'],
};
/** The rules of one chain, in their order, without blank ones. */
const chain = (name: string, changes: Partial<typeof plan> = {}): string[] => {
  const text = new RegExp(`chain ${name} \\{\\n([\\s\\S]*?)\\n {2}\\}`).exec(
    renderFirewall({ ...plan, ...changes }),
  )?.[1];
  return (text ?? '').split('\n').flatMap((line) => (line.trim() ? [line.trim()] : []));
};
const place = (rules: string[], words: RegExp) => rules.findIndex((rule) => words.test(rule));

test('the table is made, deleted and made in one transaction, so that no moment is without it and no rule is twice', () => {
  const lines = renderFirewall(plan)
    .split('\n')
    .filter((line) => /^(delete )?table/.test(line));
  expect(lines).toEqual([
    'table inet lightkeeper_one',
    'delete table inet lightkeeper_one',
    'table inet lightkeeper_one {',
  ]);
});

test('a site reaches nothing of the host, and nobody but the host opens a connection to a site', () => {
  expect(chain('from_sites')).toEqual(['ct state established,related accept', 'drop']);
  expect(chain('input')).toContain('iifname "lk-one" jump from_sites');
  const forward = chain('forward');
  expect(place(forward, /^oifname "lk-one" drop$/)).toBeGreaterThan(
    place(forward, /^oifname "lk-one" ct state established/),
  );
  expect(place(forward, /^iifname "lk-one" jump egress$/)).toBe(forward.length - 1);
});

test("private networks, the cloud's metadata and mail are closed; resolvers and what the operator allows come before", () => {
  const egress = chain('egress');
  const closed = place(egress, /^ip daddr \{.*169\.254\.0\.0\/16.*\} reject/);
  for (const range of [
    '10.0.0.0/8',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '224.0.0.0/3',
  ]) {
    expect(egress[closed]).toContain(range);
  }
  expect(place(egress, /^ip daddr \{ 192\.168\.1\.1 \} meta l4proto \{ tcp, udp \} th dport 53 accept$/)).toBeLessThan(
    closed,
  );
  expect(place(egress, /^ip daddr \{ 10\.9\.0\.0\/16, 172\.20\.0\.5\/32 \} accept$/)).toBeLessThan(closed);
  expect(place(egress, /^tcp dport \{ 25, 465, 587 \} reject/)).toBe(egress.length - 2);
  expect(egress.at(-1)).toBe('accept');
});

test('an invented sender address is dropped before anything is accepted for it', () => {
  const egress = chain('egress');
  expect(place(egress, /^ip saddr != 10\.77\.0\.0\/20 drop$/)).toBe(1);
});

test('without resolvers and exceptions there is no empty set, which nft refuses', () => {
  expect(chain('egress', { resolvers: [], allow: [] }).join('\n')).not.toMatch(/\{\s*\}/);
});

test('resolvers on loopback are left out: containers cannot ask them', () => {
  const text =
    '# made by hand\nnameserver 127.0.0.53\n nameserver 192.168.1.1 \nnameserver ::1\nsearch example.org\nnameserver 9.9.9.9\n';
  expect(parseResolvers(text)).toEqual(['192.168.1.1', '9.9.9.9']);
});
