import { describe, expect, it } from 'vitest';
import { clientAddress } from './client-address.ts';

const from = (value: string) => clientAddress(new Headers({ 'x-forwarded-for': value }));

describe('clientAddress', () => {
  it('believes only the entry that our own proxy added', () => {
    expect(from('1.2.3.4, 5.6.7.8, 10.0.0.9')).toBe('10.0.0.9');
  });

  it('reads an IPv4 address inside IPv6', () => {
    expect(from('::ffff:10.0.0.9')).toBe('10.0.0.9');
  });

  it.each([
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('counts %s as its network', (address, network) => {
    expect(from(address)).toBe(network);
  });

  it.each(['', 'me', '1.2.3.4, evil', '1.2.3.4,'])('calls "%s" unknown', (value) => {
    expect(from(value)).toBe('unknown');
  });

  it('calls a request without the header unknown', () => {
    expect(clientAddress(new Headers())).toBe('unknown');
  });
});
