// /metrics: for a monitoring system with the token, and for an admin's browser. To everybody else there is no such place.

import { equalSecrets } from '../auth/seal.ts';
import { readFacts } from '../metrics/facts.ts';
import { METRICS_TYPE, renderMetrics } from '../metrics/render.ts';
import { nothingHere } from './admin.ts';
import type { Call } from './handle.ts';

/** Throws `not-found` without a token or an admin's session. */
export async function metricsAnswer({ db, settings, viewer }: Call<unknown>): Promise<Response> {
  const { metricsToken } = settings;
  const hasToken = metricsToken !== null && viewer.token !== null && equalSecrets(viewer.token, metricsToken);
  if (!hasToken && viewer.role !== 'admin') throw nothingHere();
  const text = await renderMetrics(await readFacts(db, settings));
  return new Response(text, { headers: { 'content-type': METRICS_TYPE, 'cache-control': 'no-store' } });
}
