// A site as the API tells it. The types are those of the views; a field too few does not compile.

import { z } from 'zod';
import type { DeploymentView, SiteView, UsageView } from '../../sites/view.ts';
import { TIME } from './operation.ts';

const text = z.string();
const count = z.number();

export const DEPLOYMENT = z
  .object({
    id: z.uuid(),
    number: z.int(),
    cause: z.enum(['launch', 'push', 'rollback', 'redeploy', 'environment', 'fetch']),
    by: text.nullable().describe('Who asked for it, in words.'),
    commit: text.nullable(),
    subject: text.nullable(),
    stack: text.nullable(),
    status: z.enum(['running', 'succeeded', 'failed']),
    problem: text.nullable(),
    kept: z.boolean().describe('Its release is still on the disk: it can be rolled back to.'),
    live: z.boolean(),
    startedAt: TIME,
    finishedAt: TIME.nullable(),
  })
  .meta({ id: 'Deployment' }) satisfies z.ZodType<DeploymentView>;

const USAGE = z
  .object({
    diskBytes: count,
    memoryBytes: count,
    pids: count,
    cpuMicros: count,
    cpuMillis: count.describe('Thousandths of a core.'),
    inodes: count.nullable(),
    requestsPerMinute: count,
    p95Millis: count.nullable(),
    readAt: TIME,
  })
  .meta({ id: 'Usage' }) satisfies z.ZodType<UsageView>;

export const EVENT = z.object({ kind: text, level: text, text, at: TIME }).meta({ id: 'Event' }) satisfies z.ZodType<
  SiteView['events'][number]
>;

export const SITE = z
  .object({
    name: text,
    state: z.enum(['launching', 'live', 'failed', 'deleting']),
    rest: z.enum(['awake', 'frozen', 'stopped']),
    activeAt: TIME.describe('The last request, session or push.'),
    held: z
      .object({
        by: z.enum(['storm', 'network', 'admin']),
        message: text,
        hint: text,
        at: TIME.nullable(),
        byOwner: z.boolean().describe('Its owner may start it again.'),
      })
      .nullable(),
    problem: text.nullable(),
    launchSteps: z.array(text),
    address: z.url(),
    git: z.object({ http: text, httpWithToken: text.nullable(), ssh: text }),
    ssh: z.object({
      host: text,
      port: z.int(),
      user: z.literal('root'),
      password: text.nullable(),
      command: text,
    }),
    token: text.nullable().describe('For owners alone, as the password and the remote with the token are.'),
    restoring: z.boolean(),
    checkpointsAt: TIME.nullable(),
    access: z.enum(['view', 'develop', 'own']).describe('What who asks may do with it.'),
    plan: text,
    limits: z.object({
      diskBytes: count,
      inodes: count,
      memoryBytes: count,
      cpuMillis: count,
      pids: count,
      openFiles: count,
    }),
    usage: USAGE.nullable(),
    createdAt: TIME,
    expiresAt: TIME.nullable(),
    liveDeployment: z.int().nullable().describe('The number of the live deployment.'),
    deployments: z.array(DEPLOYMENT),
    keys: z.array(z.object({ id: z.uuid(), fingerprint: text, comment: text })),
    verdicts: z.array(z.object({ kind: text, level: text, text, hint: text, since: TIME })),
    events: z.array(EVENT),
  })
  .meta({ id: 'Site' }) satisfies z.ZodType<SiteView>;

/** What a script looks for first, and the whole beside it. */
const FIRST = SITE.pick({
  name: true,
  state: true,
  address: true,
  git: true,
  ssh: true,
  token: true,
  limits: true,
  expiresAt: true,
}).shape;

export const SITE_ANSWER = z.object({ ...FIRST, site: SITE }).meta({ id: 'SiteAnswer' });
export const LAUNCH_ANSWER = z
  .object({ created: z.boolean().describe('False: this is the launch of an earlier request.'), ...FIRST, site: SITE })
  .meta({ id: 'LaunchAnswer' });
