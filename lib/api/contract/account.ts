// What is about a person: the account, its sessions, API tokens, keys and alerts.

import { z } from 'zod';
import type { AccountView } from '../../accounts/account.ts';
import { ALERT_KINDS, ALERT_LEVELS } from '../../alerts/channel.ts';
import type { ChannelView } from '../../alerts/channels.ts';
import type { UserKeyView } from '../../keys/user-keys.ts';
import { TOKEN_DAYS, type TokenView } from '../../tokens/tokens.ts';
import { GIVEN_ID, NEXT, type Need, type Operation, PAGE, TIME } from './operation.ts';
import { NEW_KEY } from './sites.ts';

const DAYS_MAX = 3_650;
const SITES_MAX = 50;
const TEXT = z.string().max(1_000);

export const WAY_IN = z.object({ email: TEXT, password: TEXT });
export const EMAIL = z.object({ email: TEXT });
export const MAILED_TOKEN = z.object({ token: TEXT });
export const NEW_EMAIL = z.object({ email: TEXT, current: TEXT.default('').describe('The password there is.') });
export const NEW_PASSWORD = z.object({ password: TEXT, current: TEXT.default('').describe('The one before.') });
export const SESSION = GIVEN_ID.or(z.object({ all: z.literal(true) }));
export const NEW_TOKEN = z.object({
  name: z
    .string()
    .trim()
    .min(1)
    .max(60)
    .regex(/^\P{C}*$/u, 'must have no control characters'),
  scope: z.enum(['read', 'deploy', 'full']),
  sites: z.array(z.string().max(64)).max(SITES_MAX).default([]).describe('The only sites that it opens; none: all.'),
  days: z.int().min(1).max(DAYS_MAX).nullable().default(TOKEN_DAYS).describe('Null: it never expires.'),
});
export const NEW_CHANNEL = z.object({
  kind: z.enum(ALERT_KINDS),
  target: z.string().max(2_000),
  level: z.enum(ALERT_LEVELS).default('critical'),
});
export const TEST_QUERY = z.object({ test: z.uuid() });
export const CONFIRM = z.object({ token: z.string().max(2_000) });

const NOTHING = z.object({});
const ENTERED = z.object({ next: z.string().describe('The page to go to.') });
const ACCOUNT = z.object({
  email: z.string(),
  isVerified: z.boolean(),
  pendingEmail: z.string().nullable(),
  role: z.enum(['guest', 'member', 'admin']),
  hasPassword: z.boolean(),
  passwordSetAt: TIME.nullable(),
  needsPassword: z.boolean(),
  createdAt: TIME,
  sendsMail: z.boolean(),
  sessions: z.array(
    z.object({
      id: z.uuid(),
      agent: z.string(),
      address: z.string(),
      createdAt: TIME,
      lastSeenAt: TIME,
      isThis: z.boolean(),
    }),
  ),
}) satisfies z.ZodType<AccountView>;
const TOKEN = z
  .object({
    id: z.uuid(),
    name: z.string(),
    scope: z.enum(['read', 'deploy', 'full']),
    sites: z.array(z.string()).nullable(),
    createdAt: TIME,
    expiresAt: TIME.nullable(),
    isExpired: z.boolean(),
    lastUsedAt: TIME.nullable(),
  })
  .meta({ id: 'Token' }) satisfies z.ZodType<TokenView>;
const KEY = z.object({
  id: z.uuid(),
  fingerprint: z.string(),
  type: z.string(),
  comment: z.string(),
  createdAt: TIME,
}) satisfies z.ZodType<UserKeyView>;
const CHANNEL = z
  .object({
    id: z.uuid(),
    kind: z.enum(ALERT_KINDS),
    target: z.string(),
    level: z.string(),
    enabled: z.boolean(),
    problem: z.string().nullable(),
    createdAt: TIME,
    lastSentAt: TIME.nullable(),
    waiting: z.int(),
  })
  .meta({ id: 'Channel' }) satisfies z.ZodType<ChannelView>;
const TESTED = z.union([
  z.object({ done: z.literal(true), sent: z.boolean(), problem: z.string().nullable() }),
  z.object({ done: z.literal(false) }),
]);

export const ACCOUNT_OPERATIONS: Operation[] = [
  {
    ...{ id: 'readAccount', method: 'GET', path: '/api/account', topic: 'Account', need: 'account' },
    summary: 'The account that is signed in, with its sessions',
    answers: { 200: ACCOUNT },
  },
  {
    ...{ id: 'deleteAccount', method: 'DELETE', path: '/api/account', topic: 'Account', need: 'account' },
    summary: 'End the account with all its sites; its address is asked for',
    body: EMAIL,
    answers: { 202: NOTHING },
  },
  {
    ...{ id: 'signUp', method: 'POST', path: '/api/account/sign-up', topic: 'Account', need: 'nobody' },
    summary: 'Make an account of this browser’s guest, or a new one',
    body: WAY_IN,
    answers: { 200: ENTERED },
  },
  {
    ...{ id: 'signIn', method: 'POST', path: '/api/account/sign-in', topic: 'Account', need: 'nobody' },
    summary: 'Sign in: the session is in the cookie',
    body: WAY_IN,
    answers: { 200: ENTERED },
  },
  {
    ...{ id: 'signOut', method: 'POST', path: '/api/account/sign-out', topic: 'Account', need: 'nobody' },
    summary: 'End this browser’s session',
    answers: { 200: NOTHING },
  },
  {
    ...{ id: 'askForLink', method: 'POST', path: '/api/account/link', topic: 'Account', need: 'nobody' },
    summary: 'Have a link mailed that signs in; the answer is the same for every address',
    body: EMAIL,
    answers: { 202: EMAIL },
  },
  {
    ...{ id: 'openLink', method: 'POST', path: '/api/account/link/open', topic: 'Account', need: 'nobody' },
    summary: 'Sign in with a mailed link',
    body: MAILED_TOKEN,
    answers: { 200: ENTERED },
  },
  {
    ...{ id: 'changeEmail', method: 'POST', path: '/api/account/email', topic: 'Account', need: 'account' },
    summary: 'Ask for another address, or for its link again',
    body: NEW_EMAIL,
    answers: { 202: EMAIL },
  },
  {
    ...{ id: 'changePassword', method: 'POST', path: '/api/account/password', topic: 'Account', need: 'account' },
    summary: 'Set a new password; all other sessions end',
    body: NEW_PASSWORD,
    answers: { 200: NOTHING },
  },
  {
    ...{ id: 'endSessions', method: 'DELETE', path: '/api/account/sessions', topic: 'Account', need: 'account' },
    summary: 'End one session, or all',
    body: SESSION,
    answers: { 200: NOTHING },
  },
  {
    ...{ id: 'listTokens', method: 'GET', path: '/api/tokens', topic: 'Tokens and keys', need: 'account' },
    summary: 'The API tokens of the account, the newest first',
    query: PAGE,
    answers: { 200: z.object({ tokens: z.array(TOKEN), max: z.int(), ...NEXT }) },
  },
  {
    ...{ id: 'createToken', method: 'POST', path: '/api/tokens', topic: 'Tokens and keys', need: 'account' },
    summary: 'Make an API token, which is told this once; no token makes another',
    body: NEW_TOKEN,
    answers: { 201: z.object({ id: z.uuid(), token: z.string(), expiresAt: TIME.nullable() }) },
  },
  {
    ...{ id: 'revokeToken', method: 'DELETE', path: '/api/tokens', topic: 'Tokens and keys', need: 'account' },
    summary: 'Revoke an API token',
    body: GIVEN_ID,
    answers: { 200: GIVEN_ID },
  },
  {
    ...{ id: 'listKeys', method: 'GET', path: '/api/keys', topic: 'Tokens and keys', need: 'account' },
    summary: 'The public keys of the account, the oldest first',
    query: PAGE,
    answers: { 200: z.object({ keys: z.array(KEY), max: z.int(), ...NEXT }) },
  },
  {
    ...{ id: 'addKey', method: 'POST', path: '/api/keys', topic: 'Tokens and keys', need: 'account' },
    summary: 'Add a public key that opens what its user may enter',
    body: NEW_KEY,
    answers: { 201: z.object({ id: z.uuid(), fingerprint: z.string() }) },
  },
  {
    ...{ id: 'removeKey', method: 'DELETE', path: '/api/keys', topic: 'Tokens and keys', need: 'account' },
    summary: 'Remove a public key',
    body: GIVEN_ID,
    answers: { 200: GIVEN_ID },
  },
];

/** The same for a user and for the admins, who have theirs together. */
function alertOperations(root: string, whose: string, need: Need): Operation[] {
  const topic = 'Alerts';
  return [
    {
      ...{ id: `list${whose}Channels`, method: 'GET', path: `${root}/alerts`, topic, need },
      summary: 'Where alerts are sent',
      answers: { 200: z.object({ channels: z.array(CHANNEL), max: z.int(), sendsMail: z.boolean() }) },
    },
    {
      ...{ id: `add${whose}Channel`, method: 'POST', path: `${root}/alerts`, topic, need },
      summary: 'Add a channel; a webhook’s secret is told this once',
      body: NEW_CHANNEL,
      answers: { 201: z.object({ id: z.uuid(), secret: z.string().nullable() }) },
    },
    {
      ...{ id: `remove${whose}Channel`, method: 'DELETE', path: `${root}/alerts`, topic, need },
      summary: 'Remove a channel',
      body: GIVEN_ID,
      answers: { 200: GIVEN_ID },
    },
    {
      ...{ id: `test${whose}Channel`, method: 'POST', path: `${root}/alerts/test`, topic, need },
      summary: 'Send a test',
      body: GIVEN_ID,
      answers: { 202: z.object({ test: z.uuid() }) },
    },
    {
      ...{ id: `read${whose}Test`, method: 'GET', path: `${root}/alerts/test`, topic, need },
      summary: 'How a test went',
      query: TEST_QUERY.partial(),
      answers: { 200: TESTED },
    },
  ];
}

export const ALERT_OPERATIONS: Operation[] = [
  ...alertOperations('/api', '', 'session'),
  {
    ...{ id: 'confirmChannel', method: 'POST', path: '/api/alerts/confirm', topic: 'Alerts', need: 'nobody' },
    summary: 'Agree to alerts at an address, with the token of the mail that asked',
    body: CONFIRM,
    answers: { 200: z.object({ target: z.string() }) },
  },
  ...alertOperations('/api/admin', 'Admin', 'admin'),
];
