// Writes a typed client in TypeScript from an OpenAPI document: a function for each operation, named by its id, and a type
// for each schema. Knows what our document uses of JSON Schema, and throws at anything else. Pure.

export interface Schema {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
}

interface Media {
  content?: Record<string, { schema: Schema }>;
  $ref?: string;
}

export interface DocumentedOperation {
  operationId: string;
  summary: string;
  'x-need': string;
  parameters: { name: string; in: string; required: boolean; schema: Schema }[];
  requestBody?: Media & { required: boolean };
  responses: Record<string, Media>;
}

export interface ApiDocument {
  openapi: string;
  paths: Record<string, Record<string, DocumentedOperation>>;
  components: { schemas: Record<string, Schema> };
}

export function renderClient(document: ApiDocument): string {
  const types = Object.entries(document.components.schemas).map(
    ([name, schema]) => `export type ${nameOf(name)} = ${typeOf(schema)};`,
  );
  const functions = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => renderFunction(path, method, operation)),
  );
  return [
    ...types,
    RUNTIME,
    `export function createClient(ask: Ask) {\n  return {\n${functions.join('\n')}\n  };\n}\n`,
  ].join('\n');
}

function renderFunction(path: string, method: string, operation: DocumentedOperation): string {
  const { operationId: id, summary, parameters, requestBody, responses } = operation;
  const given = [
    ...partOf('path', parameters),
    ...partOf('query', parameters),
    ...(requestBody ? [`body${requestBody.required ? '' : '?'}: ${contentType(requestBody)}`] : []),
    'headers?: Record<string, string>',
  ];
  const isFree = given.every((part) => /^\w+\?:/.test(part));
  const told = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  const answer = [...new Set(told.map(([, media]) => contentType(media)))].join(' | ');
  const call = `ask<${answer}>('${method.toUpperCase()}', '${path}', given)`;
  return `    /** ${summary} */\n    ${id}: (given: { ${given.join('; ')} }${isFree ? ' = {}' : ''}) => ${call},`;
}

function partOf(place: 'path' | 'query', parameters: DocumentedOperation['parameters']): string[] {
  const own = parameters.filter((parameter) => parameter.in === place);
  if (own.length === 0) return [];
  const fields = own.map(({ name, required, schema }) => `${name}${required ? '' : '?'}: ${typeOf(schema)}`);
  return [`${place}${own.some(({ required }) => required) ? '' : '?'}: { ${fields.join('; ')} }`];
}

/** What is not JSON is handed out unread. */
function contentType({ content = {} }: Media): string {
  const schema = content['application/json']?.schema;
  return schema ? typeOf(schema) : 'Response';
}

function typeOf(schema: Schema): string {
  const { $ref, type, anyOf, oneOf } = schema;
  if ($ref) return nameOf($ref.split('/').at(-1) ?? '');
  const choices = anyOf ?? oneOf;
  if (choices) return `(${choices.map(typeOf).join(' | ')})`;
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return `(${schema.enum.map((value) => JSON.stringify(value)).join(' | ')})`;
  if (Array.isArray(type)) return `(${type.map((one) => typeOf({ ...schema, type: one })).join(' | ')})`;
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return `${typeOf(schema.items ?? {})}[]`;
    case 'object':
      return objectType(schema);
    case undefined:
      return 'unknown';
    default:
      throw new Error(`No type for ${JSON.stringify(schema).slice(0, 200)}`);
  }
}

function objectType({ properties = {}, required = [], additionalProperties }: Schema): string {
  const fields = Object.entries(properties).map(
    ([name, schema]) => `${JSON.stringify(name)}${required.includes(name) ? '' : '?'}: ${typeOf(schema)}`,
  );
  const more =
    typeof additionalProperties === 'object' ? [`[name: string]: ${moreType(fields, additionalProperties)}`] : [];
  return `{ ${[...fields, ...more].join('; ')} }`;
}

/** An index type must have room for the named fields too. */
function moreType(fields: string[], schema: Schema): string {
  return fields.length > 0 ? 'unknown' : typeOf(schema);
}

function nameOf(name: string): string {
  return name.replace(/\W/g, '');
}

const RUNTIME = `
export type Told<Data> =
  | { ok: true; status: number; headers: Headers; data: Data }
  | { ok: false; status: number; headers: Headers; error: Error['error'] };

interface Given {
  path?: Record<string, string | number>;
  query?: Record<string, string | number | boolean | undefined>;
  body?: unknown;
  headers?: Record<string, string>;
}

export type Ask = <Data>(method: string, path: string, given: Given) => Promise<Told<Data>>;

/** Asks the server at this address with these headers each time. */
export function askAt(address: string, always: Record<string, string>): Ask {
  return async <Data,>(method: string, path: string, { path: parts = {}, query = {}, body, headers }: Given) => {
    const place = path.replace(/{(\\w+)}/g, (_, name: string) => encodeURIComponent(parts[name] ?? ''));
    const asked = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) asked.set(name, String(value));
    const response = await fetch(\`\${address}\${place}?\${asked}\`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...always, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { ok, status } = response;
    const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json');
    if (!ok) return { ok, status, headers: response.headers, error: ((await response.json()) as Error).error };
    const data = (isJson ? await response.json() : response) as Data;
    return { ok, status, headers: response.headers, data };
  };
}
`;
