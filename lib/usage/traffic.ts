// The visits of a site over a span of time.

import type { Latency } from './latency.ts';

export interface Traffic {
  requests: number;
  /** Answers of 500 and above. */
  errors: number;
  latency: Latency;
  /** Open at this moment, upgraded ones too. */
  openRequests: number;
}
