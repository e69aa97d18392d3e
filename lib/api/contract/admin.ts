// The operator's part: all sites, the machine, plans, users and the audit log. To everybody else there is nothing.

import { z } from 'zod';
import type { AdminSite } from '../../admin/site.ts';
import type { UserRow } from '../../admin/users.ts';
import { USER_ROLES, USER_SORTS } from '../../admin/users-query.ts';
import type { AuditView } from '../../audit/list.ts';
import type { PlanView } from '../../plans/plans.ts';
import { NEW_PLAN, PLAN_CHANGE, PLAN_NAME, SITE_LIMITS, USER_CHANGE } from '../../sites/limit-bounds.ts';
import { OWN_LIMITS } from '../../sites/limits.ts';
import { BULK, REASON } from '../bulk.ts';
import { HISTORY, LINES_BY_NAME, RANGE_QUERY } from './deployments.ts';
import { CSV, NEXT, type Operation, PAGE, STREAM, TIME } from './operation.ts';

export { BULK };
export const HOLD = z.strictObject({ reason: REASON });
const PREVIEW = z.boolean().default(false).describe('Say what would happen, and change nothing.');
const FORCE = z.boolean().default(false).describe('Also over the totals.');
export const LIMITS = z.strictObject({ limits: SITE_LIMITS, preview: PREVIEW, force: FORCE });
export const NAMED_PLAN = z.strictObject({ name: PLAN_NAME, ...NEW_PLAN.shape });
export const PLAN_EDIT = z.strictObject({ change: PLAN_CHANGE, preview: PREVIEW });
export const USER_EDIT = z.strictObject({ change: USER_CHANGE, preview: PREVIEW, force: FORCE });
export const AUDIT_QUERY = PAGE.extend({
  q: z.string().max(200).optional().describe('Part of the subject’s name.'),
  action: z.string().max(100).optional().describe('An action, or the first part of some.'),
});
export const USERS_QUERY = z.object({
  q: z.string().trim().max(100).default('').describe('Part of an e-mail address or of an id.'),
  role: z.enum(USER_ROLES).optional(),
  sort: z.enum(Object.keys(USER_SORTS) as [keyof typeof USER_SORTS]).default('disk'),
});

const text = z.string();
const count = z.number();
const topic = 'Operator';
const need = 'admin';

const VALUES = z.record(z.enum(OWN_LIMITS), count);
const ADMIN_SITE = z
  .object({
    id: z.uuid(),
    name: text,
    address: z.url(),
    state: z.enum(['live', 'asleep', 'held', 'launching', 'failed', 'deleting', 'ready']),
    rest: z.enum(['awake', 'frozen', 'stopped']),
    heldBy: text.nullable(),
    heldFor: text.nullable(),
    problem: text.nullable(),
    plan: text,
    owner: z.object({ id: z.uuid(), name: text, role: text }).nullable(),
    createdAt: TIME,
    expiresAt: TIME.nullable(),
    activeAt: TIME,
    usage: z
      .object({
        disk: count,
        inodes: count.nullable(),
        memory: count,
        pids: count,
        cpu: count,
        growth: count,
        requestsPerMinute: count,
        openRequests: count,
        p95Millis: count.nullable(),
        readAt: TIME,
      })
      .nullable(),
    limits: z.array(z.object({ limit: z.enum(OWN_LIMITS), value: count, plans: count, isOwn: z.boolean() })),
    verdicts: z.array(z.object({ kind: text, level: text, text, hint: text, since: TIME })),
    events: z.array(z.object({ id: z.uuid(), kind: text, level: text, text, at: TIME })),
    deployments: z.array(
      z.object({
        number: z.int(),
        cause: text,
        status: text,
        subject: text.nullable(),
        commit: text.nullable(),
        stack: text.nullable(),
        problem: text.nullable(),
        isLive: z.boolean(),
        startedAt: TIME,
        finishedAt: TIME.nullable(),
      }),
    ),
    hostReadAt: count.nullable(),
  })
  .meta({ id: 'AdminSite' }) satisfies z.ZodType<AdminSite>;
const OVERVIEW = z.object({
  host: z.looseObject({ readAt: count.nullable() }),
  rows: z.array(z.looseObject({ name: text })),
});
const NUMBERS = Object.fromEntries(Object.keys(NEW_PLAN.shape).map((field) => [field, count.nullable()])) as {
  [Field in keyof typeof NEW_PLAN.shape]: z.ZodNullable<z.ZodNumber>;
};
const PLAN_NUMBERS = z.object(NUMBERS).meta({ id: 'PlanNumbers' });
const PLANS = z.object({ plans: z.array(z.object({ name: text, ...NUMBERS, sites: z.int(), users: z.int() })) });
type Listed = z.infer<typeof PLANS>['plans'][number];
/** A field of the view that is missing above does not compile. */
PLANS satisfies z.ZodType<{ plans: { [Field in keyof PlanView]: Listed[Field] }[] }>;
const TOTALS = z.object({ sites: count, diskBytes: count, memoryBytes: count });
const USER = z.object({
  id: z.uuid(),
  email: text.nullable(),
  role: z.enum(USER_ROLES),
  plan: text,
  own: z.object({
    planName: text.nullable(),
    sitesMax: count.nullable(),
    totalDiskBytesMax: count.nullable(),
    totalMemoryBytesMax: count.nullable(),
  }),
  sites: count,
  sitesMax: count,
  disk: count,
  diskUsed: count,
  diskMax: count,
  memory: count,
  memoryUsed: count,
  memoryMax: count,
  createdAt: TIME,
}) satisfies z.ZodType<UserRow>;
const ANY_JSON = z.unknown() as z.ZodType<AuditView['before']>;
const ENTRY = z.object({
  id: z.uuid(),
  at: TIME,
  actorId: z.uuid().nullable(),
  actorRole: text,
  actor: text.nullable(),
  address: text.nullable(),
  action: text,
  subject: text,
  siteId: z.uuid().nullable(),
  before: ANY_JSON,
  after: ANY_JSON,
}) satisfies z.ZodType<AuditView>;
const OUTCOME = z.union([
  z.object({ name: text, ok: z.literal(true) }),
  z.object({ name: text, ok: z.literal(false), message: text, hint: text }),
]);

export const ADMIN_OPERATIONS: Operation[] = [
  {
    ...{ id: 'readOverview', method: 'GET', path: '/api/admin/sites', topic, need },
    summary: 'The machine and all sites: what they use, their limits, what is said about them',
    answers: { 200: OVERVIEW },
  },
  {
    ...{ id: 'watchOverview', method: 'GET', path: '/api/admin/events', topic, need },
    summary: 'The machine and all sites as they change: events `all` and `some`',
    answers: { 200: STREAM },
  },
  {
    ...{ id: 'readHost', method: 'GET', path: '/api/admin/host', topic, need },
    summary: 'The machine over the last hour',
    answers: { 200: LINES_BY_NAME },
  },
  {
    ...{ id: 'readAdminSite', method: 'GET', path: '/api/admin/sites/{name}', topic, need },
    summary: 'One site without its owner’s secrets',
    answers: { 200: ADMIN_SITE },
  },
  {
    ...{ id: 'deleteAdminSite', method: 'DELETE', path: '/api/admin/sites/{name}', topic, need },
    summary: 'Remove a site with all it had',
    answers: { 202: z.object({ name: text, state: z.literal('deleting') }) },
  },
  {
    ...{ id: 'readAdminHistory', method: 'GET', path: '/api/admin/sites/{name}/history', topic, need },
    summary: 'A site’s use over time',
    query: RANGE_QUERY,
    answers: { 200: HISTORY },
  },
  {
    ...{ id: 'holdSite', method: 'POST', path: '/api/admin/sites/{name}/hold', topic, need },
    summary: 'Stop a site until an admin releases it; its owner reads why',
    body: HOLD,
    answers: { 202: z.object({ name: text, heldBy: z.literal('admin'), heldFor: text }) },
  },
  {
    ...{ id: 'releaseSite', method: 'POST', path: '/api/admin/sites/{name}/release', topic, need },
    summary: 'End a hold',
    answers: { 202: z.object({ name: text, heldBy: z.null() }) },
  },
  {
    ...{ id: 'setLimits', method: 'PATCH', path: '/api/admin/sites/{name}/limits', topic, need },
    summary: 'Set limits of one site; null is the plan’s',
    body: LIMITS,
    answers: {
      200: z.object({ name: text, preview: z.boolean(), before: VALUES, after: VALUES, sentences: z.array(text) }),
    },
  },
  {
    ...{ id: 'actOnMany', method: 'POST', path: '/api/admin/bulk', topic, need },
    summary: 'One act on many sites, each by itself',
    body: BULK,
    answers: { 200: z.object({ outcomes: z.array(OUTCOME) }) },
  },
  {
    ...{ id: 'listPlans', method: 'GET', path: '/api/admin/plans', topic, need },
    summary: 'The plans with their numbers',
    answers: { 200: PLANS },
  },
  {
    ...{ id: 'createPlan', method: 'POST', path: '/api/admin/plans', topic, need },
    summary: 'Make a plan',
    body: NAMED_PLAN,
    answers: { 201: z.object({ name: text }) },
  },
  {
    ...{ id: 'changePlan', method: 'PATCH', path: '/api/admin/plans/{name}', topic, need },
    summary: 'Change a plan’s numbers, and with them all of its sites',
    body: PLAN_EDIT,
    answers: {
      200: z.object({
        name: text,
        preview: z.boolean(),
        before: PLAN_NUMBERS,
        after: PLAN_NUMBERS,
        sites: z.int(),
        sentences: z.array(text),
      }),
    },
  },
  {
    ...{ id: 'deletePlan', method: 'DELETE', path: '/api/admin/plans/{name}', topic, need },
    summary: 'Remove a plan that nobody has',
    answers: { 200: z.object({ name: text, deleted: z.literal(true) }) },
  },
  {
    ...{ id: 'listUsers', method: 'GET', path: '/api/admin/users', topic, need },
    summary: 'The users with what their sites have together; a thousand at the most',
    query: USERS_QUERY,
    answers: { 200: z.object({ users: z.array(USER) }) },
  },
  {
    ...{ id: 'changeUser', method: 'PATCH', path: '/api/admin/users/{id}', topic, need },
    summary: 'Set a user’s plan and totals; null is the plan’s',
    body: USER_EDIT,
    answers: {
      200: z.object({
        id: z.uuid(),
        preview: z.boolean(),
        plan: text,
        promised: TOTALS,
        max: TOTALS,
        sentences: z.array(text),
      }),
    },
  },
  {
    ...{ id: 'listAudit', method: 'GET', path: '/api/admin/audit', topic, need },
    summary: 'The audit log, the newest first',
    query: AUDIT_QUERY,
    answers: { 200: z.object({ entries: z.array(ENTRY), ...NEXT }) },
  },
  ...(['sites', 'audit', 'events'] as const).map(
    (table): Operation => ({
      ...{ id: `download${table[0]?.toUpperCase()}${table.slice(1)}`, method: 'GET', path: `/api/admin/${table}.csv` },
      ...{ topic, need },
      summary: `The table of ${{ sites: 'sites', audit: 'the audit log', events: 'events' }[table]} as a file`,
      answers: { 200: CSV },
    }),
  ),
];
