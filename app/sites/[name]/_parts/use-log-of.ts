// The log of one deployment: of the newest as it grows, of any other as it was kept.

'use client';

import { useEffect, useState } from 'react';
import type { LogPiece } from '#lib/api/log-tail.ts';
import { callApi } from '../../../_components/call-api.ts';
import type { DeploymentView } from './deployment-words.ts';

export function useLogOf(name: string, deployment: DeploymentView | null, live: LogPiece | null): string | null {
  const [kept, setKept] = useState<{ number: number; text: string } | null>(null);
  const number = deployment?.number ?? null;
  const isLive = live !== null && live.number === number;

  useEffect(() => {
    if (number === null || isLive) return;
    let isWanted = true;
    void callApi<{ log: string }>('GET', `/api/sites/${name}/deployments/${number}`).then((answer) => {
      if (isWanted) setKept({ number, text: answer.ok ? answer.data.log : answer.problem.message });
    });
    return () => {
      isWanted = false;
    };
  }, [name, number, isLive]);

  if (isLive) return live.text;
  return kept?.number === number ? kept.text : null;
}
