// Sites themselves: launch, list, look, copy, delete, and what is done to one as a whole.

import { z } from 'zod';
import { GIVEN_ID, NEXT, type Operation, PAGE, STREAM, TIME } from './operation.ts';
import { EVENT, LAUNCH_ANSWER, SITE, SITE_ANSWER } from './site.ts';

const NAME = z.string().max(100).nullish().describe('Without one, the site is given a name.');
export const LAUNCH = z.object({
  name: NAME,
  repository: z.string().max(1_000).nullish().describe('A git repository to start with, and to follow.'),
  branch: z.string().max(300).nullish(),
});
export const LAUNCH_FORM = LAUNCH.extend({ key: z.string().nullish() });
export const CLONE = z.object({ name: NAME, checkpoint: z.string().max(100).nullish() });
export const RENAME = z.object({ name: z.string().max(100) });
export const DELETE_SITE = z.object({ now: z.boolean().default(false) });
export const DELETE_SITE_QUERY = z.object({
  now: z.enum(['0', '1']).default('0').describe('1: at once, so that it cannot be brought back.'),
});
export const CREDENTIALS = z.object({ password: z.boolean().default(false), token: z.boolean().default(false) });
export const SLEEP = z.object({ rest: z.enum(['frozen', 'stopped']).default('frozen') });
export const TRANSFER = z.object({ email: z.string().max(254) });
export const NEW_KEY = z.object({ key: z.string().describe('One line of an authorized_keys file.') });

const name = z.string();
const underWay = (act: string) => z.object({ name, [act]: z.literal('under way') });

export const SITE_OPERATIONS: Operation[] = [
  {
    ...{ id: 'listSites', method: 'GET', path: '/api/sites', topic: 'Sites', need: 'nobody' },
    summary: 'The sites of who asks and those shared with him; of a stranger none',
    query: PAGE,
    answers: { 200: z.object({ sites: z.array(SITE), ...NEXT }) },
  },
  {
    ...{ id: 'launchSite', method: 'POST', path: '/api/sites', topic: 'Sites', need: 'nobody' },
    summary: 'Launch a site; who has no account is given a session with it',
    body: LAUNCH,
    answers: { 200: LAUNCH_ANSWER, 201: LAUNCH_ANSWER },
  },
  {
    ...{ id: 'readSite', method: 'GET', path: '/api/sites/{name}', topic: 'Sites', need: 'view' },
    summary: 'One site, with as much as who asks may know',
    answers: { 200: SITE_ANSWER },
  },
  {
    ...{ id: 'deleteSite', method: 'DELETE', path: '/api/sites/{name}', topic: 'Sites', need: 'own' },
    summary: 'Delete a site, at once or so that it can be brought back for a while',
    query: DELETE_SITE_QUERY,
    body: DELETE_SITE,
    answers: { 202: z.object({ name, state: z.literal('deleting'), undoUntil: TIME.nullable() }) },
  },
  {
    ...{ id: 'undeleteSite', method: 'POST', path: '/api/sites/{name}/undelete', topic: 'Sites', need: 'own' },
    summary: 'Bring a deleted site back',
    answers: { 202: underWay('undelete') },
  },
  {
    ...{ id: 'cloneSite', method: 'POST', path: '/api/sites/{name}/clone', topic: 'Sites', need: 'own' },
    summary: 'Make a new site with a copy of the disk, as it is now or was at a checkpoint',
    body: CLONE,
    answers: { 201: SITE_ANSWER },
  },
  {
    ...{ id: 'renameSite', method: 'POST', path: '/api/sites/{name}/rename', topic: 'Sites', need: 'own' },
    summary: 'Give a site another name; the old one leads to it for thirty days',
    body: RENAME,
    answers: { 200: z.object({ name, address: z.url() }) },
  },
  {
    ...{ id: 'transferSite', method: 'POST', path: '/api/sites/{name}/transfer', topic: 'Sites', need: 'own' },
    summary: 'Give the site to one of its members; for who it belongs to alone',
    body: TRANSFER,
    answers: { 200: z.object({ name, transfer: z.literal('done') }) },
  },
  {
    ...{ id: 'restartSite', method: 'POST', path: '/api/sites/{name}/restart', topic: 'Sites', need: 'develop' },
    summary: 'End everything that runs in the site and start its live release again',
    answers: { 202: underWay('restart') },
  },
  {
    ...{ id: 'startSite', method: 'POST', path: '/api/sites/{name}/start', topic: 'Sites', need: 'develop' },
    summary: 'Start a site again that was stopped because it kept ending',
    answers: { 202: underWay('start') },
  },
  {
    ...{ id: 'putToSleep', method: 'POST', path: '/api/sites/{name}/sleep', topic: 'Sites', need: 'develop' },
    summary: 'Put a site to sleep until somebody comes',
    body: SLEEP,
    answers: { 202: underWay('sleep') },
  },
  {
    ...{ id: 'wakeSite', method: 'POST', path: '/api/sites/{name}/wake', topic: 'Sites', need: 'develop' },
    summary: 'Wake a site that sleeps, as its next visitor would',
    answers: { 202: underWay('wake') },
  },
  {
    ...{ id: 'renewCredentials', method: 'POST', path: '/api/sites/{name}/credentials', topic: 'Sites', need: 'own' },
    summary: 'Make a new password, a new token or both; the old ones let nobody in',
    body: CREDENTIALS,
    answers: {
      200: z.object({
        name,
        password: z.string().nullable(),
        token: z.string().nullable(),
        git: SITE.shape.git,
      }),
    },
  },
  {
    ...{ id: 'addSiteKey', method: 'POST', path: '/api/sites/{name}/keys', topic: 'Sites', need: 'own' },
    summary: 'Add a public key that opens SSH and git; the site tells those that it has',
    body: NEW_KEY,
    answers: { 201: z.object({ id: z.uuid(), fingerprint: z.string() }) },
  },
  {
    ...{ id: 'removeSiteKey', method: 'DELETE', path: '/api/sites/{name}/keys', topic: 'Sites', need: 'own' },
    summary: 'Remove a public key',
    body: GIVEN_ID,
    answers: { 200: GIVEN_ID },
  },
  {
    ...{ id: 'watchSite', method: 'GET', path: '/api/sites/{name}/events', topic: 'Sites', need: 'view' },
    summary: 'The site as it changes: events `site`, `usage`, `log` and `gone`',
    answers: { 200: STREAM },
  },
  {
    ...{ id: 'listEvents', method: 'GET', path: '/api/sites/{name}/events.json', topic: 'Sites', need: 'view' },
    summary: 'What was said about the site, the newest first',
    query: PAGE,
    answers: { 200: z.object({ events: z.array(EVENT.extend({ id: z.uuid() })), ...NEXT }) },
  },
];
