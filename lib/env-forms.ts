// The forms that settings have: sizes, ports, ranges, lists. Each says what is wrong with a text that is none.

import { isIP } from 'node:net';
import { z } from 'zod';
import { parseBytes } from './bytes.ts';
import { type AllowedTarget, parseAllowList } from './network/allow-list.ts';

export const port = z.coerce.number().int().min(1).max(65_535);
export const count = z.coerce.number().int().min(0);
export const bytes = z.string().transform((text, context) => {
  const value = parseBytes(text);
  if (value === null) context.addIssue({ code: 'custom', message: 'is not a size such as 20GB' });
  return value ?? 0;
});
export const allowList = z.string().transform((text, context): AllowedTarget[] => {
  try {
    return parseAllowList(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return [];
  }
});
export const portRange = z
  .string()
  .regex(/^\d+-\d+$/, 'is not a range such as 22000-22999')
  .transform((text) => {
    const [first = 0, last = 0] = text.split('-').map(Number);
    return { first, last };
  })
  .refine(
    ({ first, last }) => first >= 1 && last <= 65_535 && first <= last,
    'is not a range of ports from 1 to 65535',
  );
export const cidrs = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((cidr) => cidr.trim())
      .filter(Boolean),
  )
  .refine((list) => list.every(isCidr), 'is not a list of ranges such as 10.1.0.0/16,192.168.7.9/32');

function isCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  const width = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= width;
}

/** IP addresses with commas; those of name servers may have a port: 127.0.0.1:5353, [::1]:5353. */
export const addresses = z
  .string()
  .default('')
  .transform((text) => text.split(',').flatMap((part) => part.trim() || []))
  .refine((list) => list.every(isAddress), 'is not a list of IP addresses');

function isAddress(text: string): boolean {
  const [, bracketed, plain] = /^(?:\[([^\]]+)\](?::\d{1,5})?|(\d[\d.]+)(?::\d{1,5})?)$/.exec(text) ?? [];
  return isIP(bracketed ?? plain ?? text) !== 0;
}
