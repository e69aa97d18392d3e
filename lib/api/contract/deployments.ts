// What runs in a site: its deployments, releases, variables, files, logs and numbers.

import { z } from 'zod';
import { DEPLOYMENTS_SHOWN } from '../../deploy/list.ts';
import type { EnvironmentView } from '../../environment/view.ts';
import { EDIT } from '../../git/changes.ts';
import { LOG_LINES, PAST_MAX } from '../../logs/message.ts';
import { RANGES } from '../../usage/ranges.ts';
import { COMMITS, FOLDER_OR_FILE } from '../history.ts';
import { type Operation, STREAM, TIME } from './operation.ts';
import { DEPLOYMENT } from './site.ts';

const LINES_DEFAULT = 200;
const QUERY_CHARACTERS_MAX = 200;

export const DEPLOYMENTS_QUERY = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(DEPLOYMENTS_SHOWN).describe('The most of one page.'),
  before: z
    .string()
    .regex(/^[1-9]\d{0,6}$/, 'is no number of a deployment: send the `before` of the page before')
    .optional()
    .describe('Those with a lower number: the `before` of the page before.'),
});
/** Of a rollback and a redeploy. */
export const DEPLOYMENT_NUMBER = z.object({ number: z.int().min(1).max(1_000_000).nullish() });
export const VALUE = z.string();
export const VALUE_OR_NULL = VALUE.nullable();
/** Values are checked by the route, pair by pair: a record would lose the name `__proto__`. */
export const ALL_VARIABLES = z.object({
  variables: z
    .looseObject({})
    .meta({ additionalProperties: { type: 'string' } })
    .describe('All that there are.'),
});
export const SOME_VARIABLES = z.object({
  variables: z
    .looseObject({})
    .meta({ additionalProperties: { type: ['string', 'null'] } })
    .describe('Null removes one; what is not named stays.'),
});
export const VARIABLES_QUERY = z.object({ values: z.enum(['0', '1']).default('0').describe('1: with their values.') });
export const PLACE_QUERY = z.object({
  path: z.string().default('').describe('Empty: the top.'),
  commit: z.string().optional().describe('Its whole id; without it main.'),
});
export const LOGS_QUERY = z.object({
  lines: z.coerce.number().int().min(1).max(PAST_MAX).default(LINES_DEFAULT),
  q: z
    .string()
    .default('')
    .transform((text) => text.slice(0, QUERY_CHARACTERS_MAX))
    .describe('Only the lines that have these words.'),
});
export const RANGE_QUERY = z.object({ range: z.enum(RANGES).default('1h') });

const name = z.string();
const CHANGED = z.object({ revision: z.int(), changes: z.string(), restart: z.enum(['not needed', 'under way']) });
const ENVIRONMENT = z
  .object({
    revision: z.int().describe('Counts the changes.'),
    status: z.enum(['in-force', 'applying', 'refused']),
    problem: z.object({ message: z.string(), deployment: z.int() }).nullable(),
    variables: z.array(z.object({ name, value: z.string().nullable() })),
    mayUndo: z.boolean(),
    changedAt: TIME.nullable(),
  })
  .meta({ id: 'Environment' }) satisfies z.ZodType<EnvironmentView>;
const LINE = z.object({ at: z.array(z.number()), values: z.array(z.number().nullable()) });
const MARK = z.object({
  at: z.number().describe('Seconds since 1970.'),
  number: z.int(),
  isFailed: z.boolean(),
  commit: z.string().nullable(),
  subject: z.string().nullable(),
});
export const HISTORY = z
  .object({ range: z.enum(RANGES), lines: z.record(z.string(), LINE), deployments: z.array(MARK) })
  .meta({ id: 'History' });
export const LINES_BY_NAME = z.record(z.string(), LINE);
const ONE_DEPLOYMENT = DEPLOYMENT.omit({ live: true, id: true }).extend({
  log: z.string(),
  environmentRevision: z.int().nullish(),
  interrupted: z.boolean().describe('It failed by a fault on our side, or because its worker stopped.'),
});

export const DEPLOYMENT_OPERATIONS: Operation[] = [
  {
    ...{ id: 'listDeployments', method: 'GET', path: '/api/sites/{name}/deployments', topic: 'Deployments' },
    need: 'view',
    summary: 'The deployments of a site, the newest first',
    query: DEPLOYMENTS_QUERY,
    answers: { 200: z.object({ deployments: z.array(DEPLOYMENT), before: z.int().nullable() }) },
  },
  {
    ...{ id: 'readDeployment', method: 'GET', path: '/api/sites/{name}/deployments/{number}', topic: 'Deployments' },
    need: 'view',
    summary: 'One deployment with its log',
    answers: { 200: ONE_DEPLOYMENT },
  },
  {
    ...{ id: 'rollBack', method: 'POST', path: '/api/sites/{name}/rollback', topic: 'Deployments', need: 'develop' },
    summary: 'Make an earlier release live again: the one before, or that of a deployment',
    body: DEPLOYMENT_NUMBER,
    answers: { 202: z.object({ name, rollback: z.union([z.int(), z.literal('previous')]) }) },
  },
  {
    ...{ id: 'redeploy', method: 'POST', path: '/api/sites/{name}/redeploy', topic: 'Deployments', need: 'develop' },
    summary: 'Build the commit of the live deployment, or of another one, anew',
    body: DEPLOYMENT_NUMBER,
    answers: { 202: z.object({ name, redeploy: z.union([z.int(), z.literal('live')]) }) },
  },
  {
    ...{ id: 'readVariables', method: 'GET', path: '/api/sites/{name}/environment', topic: 'Variables' },
    need: 'develop',
    summary: 'The names of a site’s variables, and their values when they are asked for',
    query: VARIABLES_QUERY,
    answers: { 200: ENVIRONMENT },
  },
  {
    ...{ id: 'setAllVariables', method: 'PUT', path: '/api/sites/{name}/environment', topic: 'Variables' },
    need: 'develop',
    summary: 'Make these all variables that there are; the app is restarted without losing a request',
    body: ALL_VARIABLES,
    answers: { 200: CHANGED, 202: CHANGED },
  },
  {
    ...{ id: 'setVariables', method: 'PATCH', path: '/api/sites/{name}/environment', topic: 'Variables' },
    need: 'develop',
    summary: 'Set the variables that are named, and remove those that are null',
    body: SOME_VARIABLES,
    answers: { 200: CHANGED, 202: CHANGED },
  },
  {
    ...{ id: 'removeVariable', method: 'DELETE', path: '/api/sites/{name}/environment/{variable}', topic: 'Variables' },
    need: 'develop',
    summary: 'Remove one variable',
    answers: { 200: CHANGED, 202: CHANGED },
  },
  {
    ...{ id: 'applyVariables', method: 'POST', path: '/api/sites/{name}/environment/apply', topic: 'Variables' },
    need: 'develop',
    summary: 'Try again to bring the variables in force',
    answers: { 202: z.object({ revision: z.int(), restart: z.literal('under way') }) },
  },
  {
    ...{ id: 'undoVariables', method: 'POST', path: '/api/sites/{name}/environment/undo', topic: 'Variables' },
    need: 'develop',
    summary: 'Bring back the variables before the last change',
    answers: { 200: CHANGED, 202: CHANGED },
  },
  {
    ...{ id: 'listCommits', method: 'GET', path: '/api/sites/{name}/commits', topic: 'Files', need: 'view' },
    summary: 'The newest commits of main',
    answers: { 200: COMMITS },
  },
  {
    ...{ id: 'commit', method: 'POST', path: '/api/sites/{name}/commits', topic: 'Files', need: 'develop' },
    summary: 'Make a commit and deploy it; with `Accept: application/x-ndjson` its log is told line by line',
    body: EDIT,
    answers: { 201: z.object({ commit: z.string() }) },
  },
  {
    ...{ id: 'readFile', method: 'GET', path: '/api/sites/{name}/files', topic: 'Files', need: 'view' },
    summary: 'A folder or a file of the repository',
    query: PLACE_QUERY,
    answers: { 200: FOLDER_OR_FILE },
  },
  {
    ...{ id: 'downloadFile', method: 'GET', path: '/api/sites/{name}/raw', topic: 'Files', need: 'view' },
    summary: 'The bytes of a file',
    query: PLACE_QUERY,
    answers: { 200: { type: 'application/octet-stream', words: 'The bytes, as a download.' } },
  },
  {
    ...{ id: 'readLogs', method: 'GET', path: '/api/sites/{name}/logs', topic: 'Logs', need: 'develop' },
    summary: 'The newest lines that the site’s releases wrote',
    query: LOGS_QUERY,
    answers: { 200: LOG_LINES },
  },
  {
    ...{ id: 'watchLogs', method: 'GET', path: '/api/sites/{name}/logs/stream', topic: 'Logs', need: 'develop' },
    summary: 'The lines as they come: events `begin`, `state`, `lines`, `left-out`, `problem` and `gone`',
    answers: { 200: STREAM },
  },
  {
    ...{ id: 'readMetrics', method: 'GET', path: '/api/sites/{name}/metrics', topic: 'Logs', need: 'view' },
    summary: 'Requests, latency, errors and use over time, with the deployments',
    query: RANGE_QUERY,
    answers: { 200: HISTORY },
  },
];
