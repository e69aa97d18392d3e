// The page's copy of a site's variables: asked for again while a worker brings a change in force, values only on request.

'use client';

import { useCallback, useEffect, useState } from 'react';
import type { EnvironmentView } from '#lib/environment/view.ts';
import { callApi, type Problem } from '../../../../_components/call-api.ts';
import type { Draft } from './draft.ts';

const LOOK_MS = 700;

export interface LiveEnvironment {
  view: EnvironmentView;
  /** Null until they were asked for. */
  values: ReadonlyMap<string, string> | null;
  problem: Problem | null;
  isBusy: boolean;
  /** True once they are there. */
  reveal(): Promise<boolean>;
  save(draft: Draft): Promise<boolean>;
  act(what: 'undo' | 'apply'): Promise<void>;
}

export function useEnvironment(name: string, initial: EnvironmentView): LiveEnvironment {
  const [view, setView] = useState(initial);
  const [values, setValues] = useState<ReadonlyMap<string, string> | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const url = `/api/sites/${name}/environment`;

  const look = useCallback(async () => {
    const answer = await callApi<EnvironmentView>('GET', url);
    if (answer.ok) setView(answer.data);
    return answer.ok;
  }, [url]);

  useEffect(() => {
    if (view.status !== 'applying') return;
    const timer = setInterval(() => void look(), LOOK_MS);
    return () => clearInterval(timer);
  }, [view.status, look]);

  const change = async (method: 'PATCH' | 'POST', place: string, body?: unknown): Promise<boolean> => {
    setBusy(true);
    const answer = await callApi(method, `${url}${place}`, body);
    setProblem(answer.ok ? null : answer.problem);
    if (answer.ok) setValues(null);
    if (answer.ok) await look();
    setBusy(false);
    return answer.ok;
  };

  return {
    ...{ view, values, problem, isBusy },
    async reveal() {
      if (values) return true;
      const answer = await callApi<EnvironmentView>('GET', `${url}?values=1`);
      setProblem(answer.ok ? null : answer.problem);
      if (answer.ok) setValues(new Map(answer.data.variables.map(({ name: own, value }) => [own, value ?? ''])));
      return answer.ok;
    },
    save: (draft) => change('PATCH', '', { variables: Object.fromEntries(draft) }),
    async act(what) {
      await change('POST', `/${what}`);
    },
  };
}
