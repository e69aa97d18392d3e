// For the supervisor and the proxy: 200 when this process answers and reaches its database.

import { json } from '#lib/api/handle.ts';
import { services } from '#lib/api/services.ts';
import { translateError } from '#lib/api/translate-error.ts';

export const dynamic = 'force-dynamic';

export async function GET(): Promise<Response> {
  try {
    await services().db.$queryRaw`select 1`;
    return json({ ok: true });
  } catch (error) {
    const { body } = translateError(error, services().log, 'GET /healthz');
    return json(body, 503);
  }
}
