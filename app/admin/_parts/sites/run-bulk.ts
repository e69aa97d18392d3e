// Sends a bulk action in portions, so that a long one shows how far it is and a lost connection loses one portion only.

import { callApi } from '../../../_components/call-api.ts';
import type { BulkAction } from './bulk-actions.ts';

export type Outcome = { name: string; ok: true } | { name: string; ok: false; message: string; hint: string };

export interface BulkRequest {
  action: BulkAction;
  reason?: string;
  plan?: string;
}

const PORTION = 25;

/** Calls `report` with all outcomes so far after each portion. */
export async function runBulk(
  names: string[],
  request: BulkRequest,
  report: (outcomes: Outcome[]) => void,
): Promise<void> {
  const outcomes: Outcome[] = [];
  for (let from = 0; from < names.length; from += PORTION) {
    const portion = names.slice(from, from + PORTION);
    const answer = await callApi<{ outcomes: Outcome[] }>('POST', '/api/admin/bulk', { ...request, names: portion });
    if (answer.ok) outcomes.push(...answer.data.outcomes);
    else outcomes.push(...portion.map((name) => ({ name, ok: false as const, ...answer.problem })));
    report([...outcomes]);
  }
}
