// A site's domains, changed over the API, and read again while one of them waits for something.

'use client';

import { useEffect, useState } from 'react';
import type { DomainList } from '#lib/domains/view.ts';
import { callApi, type Problem } from '../../../../_components/call-api.ts';

const AGAIN_MS = 3_000;

export function useDomains(name: string, initial: DomainList) {
  const [list, setList] = useState(initial);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [said, setSaid] = useState('');
  const [isBusy, setBusy] = useState(false);
  const all = `/api/sites/${name}/domains`;
  const waits = list.domains.some(({ state }) => state !== 'secure' && state !== 'plain');

  useEffect(() => {
    if (!waits) return;
    const timer = setInterval(async () => {
      const answer = document.hidden ? null : await callApi<DomainList>('GET', all);
      if (answer?.ok) setList(answer.data);
    }, AGAIN_MS);
    return () => clearInterval(timer);
  }, [all, waits]);

  const act = async (method: 'POST' | 'DELETE', path: string, body: unknown, done: string): Promise<boolean> => {
    setBusy(true);
    const answer = await callApi(method, path, body);
    const now = await callApi<DomainList>('GET', all);
    if (now.ok) setList(now.data);
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    setSaid(answer.ok ? done : '');
    return answer.ok;
  };
  const one = (domain: string) => `${all}/${encodeURIComponent(domain)}`;
  return {
    ...{ list, problem, said, isBusy },
    add: (domain: string) => act('POST', all, { name: domain }, 'The domain was added.'),
    remove: (domain: string) => act('DELETE', one(domain), undefined, 'The domain was removed.'),
    look: (domain: string) => act('POST', `${one(domain)}/look`, undefined, 'DNS is being asked.'),
  };
}
