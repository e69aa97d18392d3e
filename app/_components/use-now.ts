// The browser's clock for what is shown, coarse. Null on the server and in the first picture, so that both agree.

'use client';

import { useSyncExternalStore } from 'react';

const STEP_MS = 10_000;

export function useNow(): number | null {
  return useSyncExternalStore(subscribe, coarseNow, () => null);
}

function coarseNow(): number {
  return Math.floor(Date.now() / STEP_MS) * STEP_MS;
}

function subscribe(changed: () => void): () => void {
  const timer = setInterval(changed, STEP_MS);
  return () => clearInterval(timer);
}
