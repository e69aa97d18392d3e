// GET tells a monitoring system of host, keeper and sites, in Prometheus' text format.

import { handle } from '#lib/api/handle.ts';
import { metricsAnswer } from '#lib/api/metrics.ts';

export const GET = handle(metricsAnswer);
