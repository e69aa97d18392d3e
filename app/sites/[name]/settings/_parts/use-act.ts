// One request that a form or a button makes: under way, refused with its words, or done.

'use client';

import { useState } from 'react';
import { type Answer, callApi, type Problem } from '../../../../_components/call-api.ts';

export interface Act {
  isBusy: boolean;
  isDone: boolean;
  problem: Problem | null;
  post: <Data>(path: string, body: unknown) => Promise<Answer<Data>>;
}

export function useAct(): Act {
  const [state, setState] = useState<Omit<Act, 'post'>>({ isBusy: false, isDone: false, problem: null });
  const post = async <Data>(path: string, body: unknown) => {
    setState({ isBusy: true, isDone: false, problem: null });
    const answer = await callApi<Data>('POST', path, body);
    setState({ isBusy: false, isDone: answer.ok, problem: answer.ok ? null : answer.problem });
    return answer;
  };
  return { ...state, post };
}
