// Keeps one site's page true: asked again every few seconds while the page is visible, and after each act.

'use client';

import { useCallback, useEffect, useState } from 'react';
import type { AdminSite } from '#lib/admin/site.ts';
import { callApi } from '../../../_components/call-api.ts';

const AGAIN_MS = 3_000;

export interface LiveAdminSite {
  site: AdminSite;
  isGone: boolean;
  isConnected: boolean;
  look: () => Promise<void>;
}

export function useAdminSite(initial: AdminSite): LiveAdminSite {
  const [live, setLive] = useState({ site: initial, isGone: false, isConnected: true });
  const { name } = initial;
  const look = useCallback(async () => {
    const answer = await callApi<AdminSite>('GET', `/api/admin/sites/${name}`);
    if (answer.ok) setLive({ site: answer.data, isGone: false, isConnected: true });
    else setLive((before) => ({ ...before, isGone: answer.status === 404, isConnected: answer.status === 404 }));
  }, [name]);
  const { isGone } = live;
  useEffect(() => {
    if (isGone) return;
    const timer = setInterval(() => {
      if (!document.hidden) void look();
    }, AGAIN_MS);
    return () => clearInterval(timer);
  }, [look, isGone]);
  return { ...live, look };
}
