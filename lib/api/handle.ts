// The skin of every route handler: who asks and how often, whether another page made the browser ask, whether it was asked
// before, what an error looks like.

import { checkOrigin } from '../auth/origin.ts';
import { findViewer } from '../auth/viewer.ts';
import type { Viewer } from '../sites/access.ts';
import { answerOnce } from './answer-once.ts';
import { limitedAs } from './caller.ts';
import { type Services, services } from './services.ts';
import { translateError } from './translate-error.ts';

export interface Call<Params> extends Services {
  request: Request;
  params: Params;
  viewer: Viewer;
}

type Route<Params> = (request: Request, context: { params: Promise<Params> }) => Promise<Response>;

export interface Skin {
  /** False: the route has a limit of its own, and is not counted by the callers'. */
  isCounted?: boolean;
  /** True: the route knows itself which requests are one. */
  hasOwnKeys?: boolean;
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Makes a route handler of a function that answers or throws an AppError. Answers are never cached. */
export function handle<Params>(
  work: (call: Call<Params>) => Promise<Response>,
  { isCounted = true, hasOwnKeys = false }: Skin = {},
): Route<Params> {
  return async (request, context) => {
    const { method } = request;
    const limits: Record<string, string> = {};
    const refuse = (error: unknown) => refusal(error, `${method} ${new URL(request.url).pathname}`);
    const answer = async () => {
      const parts = services();
      if (!READS.has(method)) checkOrigin(parts.settings.appUrl, request.headers);
      const viewer = await findViewer(parts, request.headers);
      if (isCounted) {
        const { headers, refused } = parts.rates.count(limitedAs(viewer, request.headers), !READS.has(method));
        Object.assign(limits, headers);
        if (refused) throw refused;
      }
      const call = { ...parts, request, params: await context.params, viewer };
      const once = (asked: Call<Params>) => work(asked).catch(refuse);
      return method === 'POST' && !hasOwnKeys ? answerOnce(call, once) : once(call);
    };
    const response = await answer().catch(refuse);
    for (const [name, value] of Object.entries(limits)) response.headers.set(name, value);
    return response;
  };
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers: { 'cache-control': 'no-store', ...headers } });
}

function refusal(error: unknown, where: string): Response {
  const { status, headers, body } = translateError(error, services().log, where);
  return json(body, status, headers);
}
