// A site's history as it grows: asked again while the page is visible, the more often the shorter the range.

'use client';

import { useEffect, useRef, useState } from 'react';
import type { Range } from '#lib/usage/ranges.ts';
import type { SiteHistory } from '#lib/usage/site-history.ts';
import { callApi, type Problem } from '../call-api.ts';

const AGAIN_MS: Record<Range, number> = {
  '1h': 10_000,
  '24h': 60_000,
  '7d': 300_000,
  '30d': 600_000,
  '90d': 600_000,
};

export interface LiveHistory {
  /** Null: not told yet. */
  history: SiteHistory | null;
  problem: Problem | null;
}

/** `path` answers a history for `?range=`; `first` came with the page. */
export function useSiteHistory(path: string, range: Range, first: SiteHistory | null = null): LiveHistory {
  const [live, setLive] = useState<LiveHistory>({ history: first, problem: null });
  const fresh = useRef(first?.range);
  useEffect(() => {
    let isWanted = true;
    const look = async () => {
      if (document.hidden) return;
      const answer = await callApi<SiteHistory>('GET', `${path}?range=${range}`);
      if (!isWanted) return;
      if (answer.ok) setLive({ history: answer.data, problem: null });
      else setLive(({ history }) => ({ history, problem: answer.problem }));
    };
    const onShown = () => void look();
    if (fresh.current !== range) void look();
    fresh.current = undefined;
    const timer = setInterval(onShown, AGAIN_MS[range]);
    document.addEventListener('visibilitychange', onShown);
    return () => {
      isWanted = false;
      clearInterval(timer);
      document.removeEventListener('visibilitychange', onShown);
    };
  }, [path, range]);
  return live;
}
