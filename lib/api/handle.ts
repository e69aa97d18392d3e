// The skin of every route handler: who asks, whether another page made the browser ask, what an error looks like.

import { checkOrigin } from '../auth/origin.ts';
import { findViewer } from '../auth/viewer.ts';
import type { Viewer } from '../sites/access.ts';
import { type Services, services } from './services.ts';
import { translateError } from './translate-error.ts';

export interface Call<Params> extends Services {
  request: Request;
  params: Params;
  viewer: Viewer;
}

type Route<Params> = (request: Request, context: { params: Promise<Params> }) => Promise<Response>;

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Makes a route handler of a function that answers or throws an AppError. Answers are never cached. */
export function handle<Params>(work: (call: Call<Params>) => Promise<Response>): Route<Params> {
  return async (request, context) => {
    try {
      const parts = services();
      if (!READS.has(request.method)) checkOrigin(parts.settings.appUrl, request.headers);
      const viewer = await findViewer(parts, request.headers);
      return await work({ ...parts, request, params: await context.params, viewer });
    } catch (error) {
      const where = `${request.method} ${new URL(request.url).pathname}`;
      const { status, headers, body } = translateError(error, services().log, where);
      return json(body, status, headers);
    }
  };
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers: { 'cache-control': 'no-store', ...headers } });
}
