// The OpenAPI 3.1 document (spec.openapis.org/oas/v3.1.1), made of the operations. Pure.

import { z } from 'zod';
import { IDEMPOTENCY_HEADER } from '../idempotency-key.ts';
import { ERROR, type Media, type Need, type Operation } from './operation.ts';

type Json = { [name: string]: unknown };

const NEEDS: Record<Need, string> = {
  nobody: 'Anybody may ask; a session or a token says who does.',
  session: 'Needs a session, a guest’s too; no token.',
  account: 'Needs the session of an account; no token.',
  view: 'Needs to see the site: a viewer, or a token with the scope `read`.',
  develop: 'Needs to be a developer of the site, or a token with the scope `deploy`.',
  own: 'Needs to be an owner of the site, its own token, or a token with the scope `full`.',
  admin: 'Needs an admin’s session; to everybody else there is nothing.',
  signature: 'Needs the signature of the site’s hook secret.',
};
const SITE_NEEDS = new Set<Need>(['view', 'develop', 'own']);
const SESSION_NEEDS = new Set<Need>(['session', 'account', 'admin']);

const PARAMETERS: Record<string, Json> = {
  name: { schema: { type: 'string' }, description: 'The name of the site or plan.' },
  number: { schema: { type: 'integer', minimum: 1 }, description: 'The number of the deployment.' },
  id: { schema: { type: 'string' }, description: 'The id, a UUID.' },
  variable: { schema: { type: 'string' }, description: 'The name of the variable.' },
  domain: { schema: { type: 'string' }, description: 'The name of the domain, in the letters of DNS.' },
};

const ABOUT = `What the pages of this instance can do, a script can do here. An API token is made on the page of the account
and sent as \`Authorization: Bearer TOKEN\`. What is refused is answered with a code, a message and a hint. Lists that can be
long take \`limit\` and \`cursor\`. Each answer tells in \`RateLimit\` how often its caller may still ask. A POST with an
\`Idempotency-Key\` is done once.`;

export function renderDocument(operations: Operation[], at: { appUrl: string; sessionCookie: string }): Json {
  const schemas = new Map<string, unknown>();
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const { path, method } = operation;
    paths[path] = { ...paths[path], [method.toLowerCase()]: renderOperation(operation, schemas) };
  }
  const error = { description: 'What was refused, and what to do.', ...json(ERROR, schemas) };
  return {
    openapi: '3.1.1',
    info: { title: 'Lightkeeper', version: '1', description: ABOUT.replaceAll('\n', ' ') },
    servers: [{ url: at.appUrl }],
    tags: [...new Set(operations.map(({ topic }) => topic))].map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries([...schemas].sort(([a], [b]) => a.localeCompare(b))),
      responses: { Refused: error },
      headers: {
        RateLimit: {
          description: 'What is left of the limits, where requests are counted.',
          schema: { type: 'string' },
        },
        'RateLimit-Policy': { description: 'The limits of one caller.', schema: { type: 'string' } },
      },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'An API token, or a site’s own token.' },
        session: { type: 'apiKey', in: 'cookie', name: at.sessionCookie, description: 'A browser that is signed in.' },
      },
    },
  };
}

function renderOperation({ id, path, topic, summary, need, ...operation }: Operation, schemas: Map<string, unknown>) {
  const { method, query, body, answers } = operation;
  const hasKey = method === 'POST' && need !== 'signature';
  const parameters = [
    ...namesIn(path).map((name) => ({ name, in: 'path', required: true, ...PARAMETERS[name] })),
    ...(query ? queryParameters(query, schemas) : []),
    ...(hasKey ? [KEY_PARAMETER] : []),
  ];
  return {
    ...{ operationId: id, tags: [topic], summary: `${summary}.`, description: NEEDS[need] },
    'x-need': need,
    security: securityOf(need),
    parameters,
    ...(body ? { requestBody: { required: isRequired(body), ...json(body, schemas) } } : {}),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, told(answer, schemas)])),
      default: { $ref: '#/components/responses/Refused' },
    },
  };
}

/** The parameters that a path names. */
export function namesIn(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}

const KEY_PARAMETER = {
  name: IDEMPOTENCY_HEADER,
  in: 'header',
  required: false,
  schema: { type: 'string', minLength: 16, maxLength: 102 },
  description: 'The same key again is answered as before, for a day, and nothing is done twice.',
};

function queryParameters(query: z.ZodObject, schemas: Map<string, unknown>) {
  const { properties, required = [] } = schemaOf(query, schemas) as {
    properties: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    ...{ name, in: 'query', required: required.includes(name), schema },
    ...(description ? { description } : {}),
  }));
}

function securityOf(need: Need): Json[] {
  if (need === 'signature') return [];
  if (need === 'nobody') return [{}, { token: [] }, { session: [] }];
  if (SITE_NEEDS.has(need)) return [{ token: [] }, { session: [] }];
  return SESSION_NEEDS.has(need) ? [{ session: [] }] : [];
}

function told(answer: z.ZodType | Media, schemas: Map<string, unknown>) {
  const headers = Object.fromEntries(
    ['RateLimit', 'RateLimit-Policy'].map((name) => [name, { $ref: `#/components/headers/${name}` }]),
  );
  if (answer instanceof z.ZodType) return { description: 'Done.', headers, ...json(answer, schemas) };
  return { description: answer.words, content: { [answer.type]: { schema: { type: 'string' } } } };
}

function json(schema: z.ZodType, schemas: Map<string, unknown>) {
  return { content: { 'application/json': { schema: schemaOf(schema, schemas) } } };
}

/** An empty body counts as `{}`. */
function isRequired(body: z.ZodType): boolean {
  return !body.safeParse({}).success;
}

/** What is sent or told, as JSON Schema; schemas that have a name go to the components. */
function schemaOf(schema: z.ZodType, schemas: Map<string, unknown>): unknown {
  const { $defs = {}, properties } = z.toJSONSchema(z.object({ it: schema }), { io: 'input', override: dropPattern });
  for (const [name, { id: _id, ...definition }] of Object.entries($defs)) schemas.set(name, relink(definition));
  return relink(properties?.it);
}

/** Of a time and an id, whose format says it. */
function dropPattern({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
}

function relink(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'));
}
