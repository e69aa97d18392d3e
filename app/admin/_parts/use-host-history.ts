// The machine over the last hour, asked again every half minute.

'use client';

import { useEffect, useState } from 'react';
import type { HostLines } from '#lib/admin/history.ts';
import { callApi } from '../../_components/call-api.ts';

const AGAIN_MS = 30_000;

export function useHostHistory(): HostLines | null {
  const [history, setHistory] = useState<HostLines | null>(null);
  useEffect(() => {
    const look = async () => {
      if (document.hidden) return;
      const answer = await callApi<HostLines>('GET', '/api/admin/host');
      if (answer.ok) setHistory(answer.data);
    };
    void look();
    const timer = setInterval(() => void look(), AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  return history;
}
