// Keeps the page's copy of a site true: an event stream while the page is visible, a look every few seconds when there
// can be none. (A browser has six connections to one origin: hidden pages give theirs back.)

'use client';

import { usePathname, useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import type { LogPiece } from '#lib/api/log-tail.ts';
import type { SiteView } from '#lib/sites/view.ts';
import { callApi } from '../../../_components/call-api.ts';
import { joinLog } from './join-log.ts';

export interface LiveSite {
  view: SiteView;
  log: LogPiece | null;
  isGone: boolean;
  isConnected: boolean;
}

type Change = (before: LiveSite) => LiveSite;

const LOOK_MS = 5_000;

export function useLiveSite(initial: SiteView, initialLog: LogPiece | null): LiveSite {
  const [live, setLive] = useState<LiveSite>({ view: initial, log: initialLog, isGone: false, isConnected: true });
  const { name } = initial;
  const { isGone } = live;

  useEffect(() => {
    if (isGone) return;
    let stop = () => {};
    const follow = () => {
      stop();
      stop = document.hidden ? () => {} : followSite(name, setLive);
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      stop();
    };
  }, [name, isGone]);
  useFollowName(name, live.view.name);
  return live;
}

/** A site that was renamed: the page goes along to its new address. */
function useFollowName(before: string, name: string): void {
  const router = useRouter();
  const path = usePathname();
  useEffect(() => {
    if (name !== before) router.replace(path.replace(`/sites/${before}`, `/sites/${name}`));
  }, [before, name, path, router]);
}

function followSite(name: string, change: (change: Change) => void): () => void {
  const url = `/api/sites/${name}`;
  const source = new EventSource(`${url}/events`);
  const on = <Data>(event: string, apply: (before: LiveSite, data: Data) => LiveSite) =>
    source.addEventListener(event, ({ data }) => change((before) => apply(before, JSON.parse(data) as Data)));

  on<SiteView>('site', (before, view) => ({ ...before, view, isConnected: true }));
  on<SiteView['usage']>('usage', (before, usage) => ({ ...before, view: { ...before.view, usage } }));
  on<LogPiece>('log', (before, piece) => ({ ...before, log: joinLog(before.log, piece) }));
  on('gone', (before) => {
    source.close();
    return { ...before, isGone: true };
  });
  source.addEventListener('open', () => change((before) => ({ ...before, isConnected: true })));

  let timer: ReturnType<typeof setInterval> | undefined;
  source.addEventListener('error', () => {
    change((before) => ({ ...before, isConnected: false }));
    // CLOSED means that it was refused for good; while CONNECTING, the browser tries again by itself.
    if (source.readyState === EventSource.CLOSED) timer ??= setInterval(() => void look(url, change), LOOK_MS);
  });
  return () => {
    clearInterval(timer);
    source.close();
  };
}

async function look(url: string, change: (change: Change) => void): Promise<void> {
  const answer = await callApi<{ site: SiteView }>('GET', url);
  if (answer.ok) change((before) => ({ ...before, view: answer.data.site, isConnected: true }));
  else if (answer.status === 404) change((before) => ({ ...before, isGone: true }));
}
