// A site's checkpoints, who shares it, and the repository that it follows.

import { z } from 'zod';
import type { CheckpointView } from '../../checkpoints/view.ts';
import { MEMBER_ROLES } from '../../sharing/roles.ts';
import type { UpstreamView } from '../../upstream/change.ts';
import type { SharingView } from '../sharing.ts';
import { GIVEN_ID, NEXT, type Operation, PAGE, TIME } from './operation.ts';

export const NEW_CHECKPOINT = z.object({ label: z.string().max(500).nullish() });
export const RESTORE = z.object({
  withoutUndo: z.boolean().default(false).describe('Go back even where there is no room to keep what is there now.'),
});
const ROLE = z.enum(MEMBER_ROLES);
export const INVITATION = z.object({ email: z.string().trim().toLowerCase().max(254).pipe(z.email()), role: ROLE });
export const MEMBER_CHANGE = z.object({ userId: z.uuid(), role: ROLE });
export const MEMBER_ID = z.object({ userId: z.uuid() });
export const ACCEPT = z.object({ token: z.string().max(100).describe('The end of the invitation’s link.') });
export const LEAVE = z.object({ site: z.string().max(64) });
export const UPSTREAM = z.object({ repository: z.string().max(1_000), branch: z.string().max(300).nullish() });

const name = z.string();
const CHECKPOINT = z
  .object({
    id: z.uuid(),
    cause: z.enum(['manual', 'deployment', 'restore']),
    label: z.string().nullable(),
    status: z.enum(['making', 'ready', 'failed', 'dropping']),
    problem: z.string().nullable(),
    release: z.object({ number: z.int(), subject: z.string().nullable() }).nullable(),
    heldBytes: z.number().nullable().describe('What would be free without it.'),
    createdAt: TIME,
  })
  .meta({ id: 'Checkpoint' }) satisfies z.ZodType<CheckpointView>;
const CHECKPOINTS = z.object({
  checkpoints: z.array(CHECKPOINT),
  heldBytes: z.number().nullable(),
  manual: z.object({ made: z.int(), max: z.int() }),
  isNearFull: z.boolean(),
  restoring: z.uuid().nullable(),
  ...NEXT,
});
const SHARING = z.object({
  owner: z.string().nullable(),
  members: z.array(z.object({ userId: z.uuid(), email: z.string().nullable(), role: ROLE, since: TIME })),
  invitations: z.array(
    z.object({
      id: z.uuid(),
      email: z.string(),
      role: ROLE,
      expiresAt: TIME,
      isMailed: z.boolean(),
      problem: z.string().nullable(),
    }),
  ),
  max: z.object({ members: z.int(), invitations: z.int() }),
  sendsMail: z.boolean(),
}) satisfies z.ZodType<SharingView>;
const FOLLOWED = z.object({
  upstream: z
    .object({
      url: z.string(),
      branch: z.string().nullable(),
      isWanted: z.boolean(),
      commit: z.string().nullable(),
      fetchedAt: TIME.nullable(),
      problem: z.string().nullable(),
      hook: z.object({ url: z.string(), secret: z.string().nullable() }),
    })
    .nullable() satisfies z.ZodType<UpstreamView | null>,
});

export const CHECKPOINT_OPERATIONS: Operation[] = [
  {
    ...{ id: 'listCheckpoints', method: 'GET', path: '/api/sites/{name}/checkpoints', topic: 'Checkpoints' },
    need: 'view',
    summary: 'The checkpoints of a site, the newest first',
    query: PAGE,
    answers: { 200: CHECKPOINTS },
  },
  {
    ...{ id: 'makeCheckpoint', method: 'POST', path: '/api/sites/{name}/checkpoints', topic: 'Checkpoints' },
    need: 'develop',
    summary: 'Make a checkpoint of the whole disk',
    body: NEW_CHECKPOINT,
    answers: { 202: z.object({ checkpoint: CHECKPOINT }) },
  },
  {
    ...{ id: 'dropCheckpoint', method: 'DELETE', path: '/api/sites/{name}/checkpoints/{id}', topic: 'Checkpoints' },
    need: 'own',
    summary: 'Drop a checkpoint',
    answers: { 202: z.object({ id: z.uuid(), status: z.literal('dropping') }) },
  },
  {
    ...{ id: 'restoreCheckpoint', method: 'POST', path: '/api/sites/{name}/checkpoints/{id}/restore' },
    ...{ topic: 'Checkpoints', need: 'own' },
    summary: 'Go back to a checkpoint; what is there now is kept as one',
    body: RESTORE,
    answers: { 202: z.object({ name, restore: z.literal('under way'), undo: z.boolean() }) },
  },
];

export const SHARING_OPERATIONS: Operation[] = [
  {
    ...{ id: 'listMembers', method: 'GET', path: '/api/sites/{name}/members', topic: 'Sharing', need: 'own' },
    summary: 'Who shares the site, and who is invited',
    answers: { 200: SHARING },
  },
  {
    ...{ id: 'invite', method: 'POST', path: '/api/sites/{name}/members', topic: 'Sharing', need: 'own' },
    summary: 'Invite somebody; the link is told where no mail is sent',
    body: INVITATION,
    answers: { 201: z.object({ id: z.uuid(), link: z.url().nullable(), expiresAt: TIME }) },
  },
  {
    ...{ id: 'changeMember', method: 'PATCH', path: '/api/sites/{name}/members', topic: 'Sharing', need: 'own' },
    summary: 'Change a member’s role',
    body: MEMBER_CHANGE,
    answers: { 200: MEMBER_CHANGE },
  },
  {
    ...{ id: 'removeMember', method: 'DELETE', path: '/api/sites/{name}/members', topic: 'Sharing', need: 'own' },
    summary: 'Remove a member',
    body: MEMBER_ID,
    answers: { 200: MEMBER_ID },
  },
  {
    ...{ id: 'withdrawInvitation', method: 'DELETE', path: '/api/sites/{name}/invitations', topic: 'Sharing' },
    need: 'own',
    summary: 'Withdraw an open invitation',
    body: GIVEN_ID,
    answers: { 200: GIVEN_ID },
  },
  {
    ...{ id: 'acceptInvitation', method: 'POST', path: '/api/invitations', topic: 'Sharing', need: 'account' },
    summary: 'Share the site of an invitation from now on',
    body: ACCEPT,
    answers: { 200: z.object({ site: z.string() }) },
  },
  {
    ...{ id: 'leaveSite', method: 'DELETE', path: '/api/memberships', topic: 'Sharing', need: 'account' },
    summary: 'Leave a site that is shared',
    body: LEAVE,
    answers: { 200: LEAVE },
  },
];

export const UPSTREAM_OPERATIONS: Operation[] = [
  {
    ...{ id: 'readUpstream', method: 'GET', path: '/api/sites/{name}/upstream', topic: 'Upstream', need: 'own' },
    summary: 'The repository that the site follows, with its webhook',
    answers: { 200: FOLLOWED },
  },
  {
    ...{ id: 'follow', method: 'PUT', path: '/api/sites/{name}/upstream', topic: 'Upstream', need: 'own' },
    summary: 'Follow a repository, and fetch it at once',
    body: UPSTREAM,
    answers: { 202: FOLLOWED },
  },
  {
    ...{ id: 'unfollow', method: 'DELETE', path: '/api/sites/{name}/upstream', topic: 'Upstream', need: 'own' },
    summary: 'Follow none any more',
    answers: { 200: FOLLOWED },
  },
  {
    ...{ id: 'fetchUpstream', method: 'POST', path: '/api/sites/{name}/upstream/fetch', topic: 'Upstream' },
    need: 'develop',
    summary: 'Fetch and deploy what the site follows',
    answers: { 202: z.object({ name, fetching: z.literal(true) }) },
  },
  {
    ...{ id: 'githubHook', method: 'POST', path: '/api/hooks/{name}/github', topic: 'Upstream', need: 'signature' },
    summary: 'GitHub’s webhook, signed with the site’s hook secret',
    body: z.looseObject({}),
    answers: { 200: z.object({ message: z.string() }), 202: z.object({ message: z.string() }) },
  },
];
