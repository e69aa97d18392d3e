import { expect, test } from 'vitest';
import { parseResolvers, renderFirewall } from './firewall-rules.ts';

const plan = {
  instance: 'one',
  bridge: 'lk-one',
  subnet: '10.77.0.0/20',
  resolvers: ['192.168.1.1'],
  allow: [
    { cidr: '10.9.0.0/16', port: null },
    { cidr: '172.20.0.5/32', port: 5432 },
  ],
};
/** The rules of one chain, in their order, without blank ones. */
const chain = (name: string, changes: Partial<typeof plan> = {}): string[] => {
  const text = new RegExp(`chain ${name} \\{\\n([\\s\\S]*?)\\n {2}\\}`).exec(
    renderFirewall({ ...plan, ...changes }),
  )?.[1];
  return (text ?? '').split('\n').flatMap((line) => (line.trim() ? [line.trim()] : []));
};
const place = (rules: string[], words: RegExp) => rules.findIndex((rule) => words.test(rule));

test('each of our chains is emptied before it is filled, in one transaction; nothing else is flushed or deleted', () => {
  const text = renderFirewall(plan);
  const filled = [...text.matchAll(/^ {2}chain (\w+) \{/gm)].map(([, name]) => name);
  const flushed = [...text.matchAll(/^flush (.*)$/gm)].map(([, what]) => what);
  expect(flushed).toEqual(filled.map((name) => `chain inet lightkeeper_one ${name}`));
  expect(text).toContain('add chain inet lightkeeper_one input {     type filter hook input');
  expect(text).not.toMatch(/^delete/m);
});

test('what a site says into a connection that its visitor has left is dropped, and is no attempt to reach the host', () => {
  const rules = chain('from_sites');
  const late = rules.indexOf('tcp flags & (fin | syn | rst | ack) != syn drop');
  expect(late).toBeGreaterThan(0);
  expect(late).toBeLessThan(rules.indexOf('ip saddr @closed'));
});

test('a site reaches nothing of the host, and nobody but the host opens a connection to a site', () => {
  expect(chain('from_sites').at(0)).toBe('ct state established,related accept');
  expect(chain('from_sites').slice(-2)).toEqual(['ip saddr @closed', 'drop']);
  expect(chain('input')).toContain('iifname "lk-one" jump from_sites');
  expect(chain('forward').slice(1)).toEqual([
    'iifname "lk-one" oifname "lk-one" goto between_sites',
    'oifname "lk-one" ct state established,related goto ingress',
    'oifname "lk-one" drop',
    'iifname "lk-one" goto egress',
  ]);
  expect(chain('between_sites').at(-1)).toBe('drop');
});

test("private networks, the cloud's metadata and mail are closed; resolvers and what the operator allows come before", () => {
  const egress = chain('egress');
  const closed = place(egress, /^ip daddr \{.*169\.254\.0\.0\/16.*\} goto refuse$/);
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
  for (const open of [
    /^ip daddr 192\.168\.1\.1 meta l4proto \{ tcp, udp \} th dport 53 goto resolve$/,
    /^ip daddr 10\.9\.0\.0\/16 goto begin$/,
    /^ip daddr 172\.20\.0\.5\/32 meta l4proto \{ tcp, udp \} th dport 5432 goto begin$/,
  ]) {
    expect(place(egress, open)).toBeGreaterThan(0);
    expect(place(egress, open)).toBeLessThan(closed);
  }
  expect(place(egress, /^tcp dport \{ 25, 465, 587 \} goto refuse_mail/)).toBe(egress.length - 2);
  expect(egress.at(-1)).toBe('goto begin');
  expect(chain('refuse').at(-1)).toMatch(/^reject/);
  expect(chain('refuse_mail').at(-1)).toBe('reject with tcp reset');
});

test('IPv6 and an invented sender address are dropped before anything is accepted for it', () => {
  expect(chain('egress').slice(0, 2)).toEqual(['meta nfproto != ipv4 drop', 'ip saddr != 10.77.0.0/20 drop']);
});

test('every way to the world passes the bandwidth, and each that begins a connection the counts; nobody is without', () => {
  const egress = chain('egress');
  expect(place(egress, /@bandwidth_out drop$/)).toBeLessThan(place(egress, /established/));
  expect(chain('ingress')[0]).toBe('ip daddr @bandwidth_in drop');
  expect(chain('begin').map((rule) => /[@](\w+)/.exec(rule)?.[1])).toEqual([
    ...['new_connections', 'new_connections', 'connections', 'new_connections', undefined],
  ]);
  expect(chain('begin')[3]).toBe(
    'ip saddr != @new_connections add @connections_strict { ip saddr ct count over 20 } drop',
  );
  const resolve = chain('resolve');
  expect(place(resolve, /@lookups drop$/)).toBeLessThan(place(resolve, /established/));
  for (const set of ['bandwidth_out', 'new_connections', 'lookups']) {
    expect(renderFirewall(plan)).toContain(`ip saddr != @${set} add @${set}_strict { ip saddr `);
  }
  expect(egress.filter((rule) => /accept$/.test(rule))).toEqual(['ct state established,related accept']);
});

test('resolvers on loopback are left out: containers cannot ask them', () => {
  const text =
    '# made by hand\nnameserver 127.0.0.53\n nameserver 192.168.1.1 \nnameserver ::1\nsearch example.org\nnameserver 9.9.9.9\n';
  expect(parseResolvers(text)).toEqual(['192.168.1.1', '9.9.9.9']);
});
