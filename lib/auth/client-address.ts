// Who is calling, as far as limits care. Our own proxy appends the peer's address to X-Forwarded-For, so only the last
// entry is true; everything before it was written by the caller.

import { isIP } from 'node:net';

const UNKNOWN = 'unknown';

/** The caller's address, as limits count it. */
export function clientAddress(headers: Headers): string {
  return countedAddress(headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() ?? '');
}

/** An address as it is counted: IPv6 is cut to its /64, which is what one customer gets (RFC 6177). */
export function countedAddress(peer: string): string {
  const address = peer.replace(/^::ffff:(?=\d+\.)/i, '');
  if (isIP(address) === 4) return address;
  return isIP(address) === 6 ? `${networkOf(address)}::/64` : UNKNOWN;
}

function networkOf(address: string): string {
  const [head = '', tail] = (address.toLowerCase().split('%')[0] ?? '').split('::');
  const left = head.split(':').filter(Boolean);
  const right = (tail ?? '').split(':').filter(Boolean);
  const zeros = Array.from({ length: tail === undefined ? 0 : Math.max(8 - left.length - right.length, 0) }, () => '0');
  return [...left, ...zeros, ...right]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
