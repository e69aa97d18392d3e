// Where an alert may go. Addresses that users type are hostile: only http and https, no way into private networks, this
// machine or a cloud's metadata, and no protocol but HTTP's ports.

import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import { AppError } from '../errors/app-error.ts';
import type { AlertKind } from './channel.ts';

const TARGET_LENGTH_MAX = 1_000;
const PORT_MIN = 1_024;
const WEB_PORTS = new Set([80, 443]);
const EMAIL = z.email().max(254);

/** IANA's registries of special-purpose addresses, by what is not somewhere in the internet. */
const CLOSED_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];
/** Of IPv6 only this is the internet, without tunnels that carry an IPv4 address (Teredo, 6to4) and documentation. */
const OPEN_V6 = '2000::/3';
const CLOSED_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const closedV4 = listOf(CLOSED_V4);
const openV6 = listOf([OPEN_V6]);
const closedV6 = listOf(CLOSED_V6);

export interface AddressRules {
  /** CIDR that are open although they are private. */
  allow: string[];
  /** The machine's own addresses. */
  own: string[];
}

/** Whether a user's alert may be sent to this IP address. Pure. */
export function isOpenAddress(address: string, { allow, own }: AddressRules): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
  const family = isIP(plain) === 4 ? 'ipv4' : 'ipv6';
  if (isIP(plain) === 0) return false;
  if (listOf(allow).check(plain, family)) return true;
  if (own.includes(plain)) return false;
  if (family === 'ipv4') return !closedV4.check(plain, family);
  return openV6.check(plain, family) && !closedV6.check(plain, family);
}

/** The address as it is kept. Throws `bad-target` with what is wrong with it. Pure. */
export function parseTarget(kind: AlertKind, text: string): string {
  const trimmed = text.trim();
  if (kind === 'email') {
    if (EMAIL.safeParse(trimmed).success) return trimmed;
    throw badTarget('That is not an e-mail address.', 'Write one such as you@example.org.');
  }
  return parseUrl(trimmed).href;
}

function parseUrl(text: string): URL {
  const example = 'Write one such as https://hooks.example.org/services/1234.';
  if (text.length > TARGET_LENGTH_MAX) throw badTarget('That URL is too long.', example);
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol)) throw badTarget('That is not a web address.', example);
  if (url.username || url.password) {
    throw badTarget('The URL has a user or a password in it.', 'Leave them out; a webhook’s body is signed instead.');
  }
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  if (!WEB_PORTS.has(port) && port < PORT_MIN) {
    throw badTarget(`Port ${port} is not one of the web’s.`, 'Use 80, 443, or one from 1024 on.');
  }
  url.hash = '';
  return url;
}

/** The host of a URL as `dns.lookup` takes it. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

/** The refusal of an address that users may not send to. */
export function closedTarget(host: string, address: string): AppError {
  const place = host === address ? address : `${host} (${address})`;
  return badTarget(
    `${place} is a private address, this machine’s own or one of no host.`,
    'Use one that the internet reaches, or ask the operator to allow it.',
  );
}

export function badTarget(message: string, hint: string): AppError {
  return new AppError('bad-target', { message, hint });
}

function listOf(ranges: string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits = ''] = range.split('/');
    list.addSubnet(address, Number(bits), isIP(address) === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}
