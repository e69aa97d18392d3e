// A change in two steps: first the server says what follows, then it is done. Typing again goes back to the first.

'use client';

import { useState } from 'react';
import { type Answer, callApi, type Problem } from '../../_components/call-api.ts';

export interface Preview {
  sentences: string[] | null;
  problem: Problem | null;
  /** The problem is one that an admin may pass over. */
  mayForce: boolean;
  isBusy: boolean;
  see(body: object): Promise<void>;
  /** Whether it was done. */
  apply(body: object): Promise<boolean>;
  clear(): void;
}

interface Result {
  sentences: string[];
}

const CONFLICT = 409;

export function usePreview(path: string): Preview {
  const [sentences, setSentences] = useState<string[] | null>(null);
  const [failure, setFailure] = useState<{ problem: Problem; status: number } | null>(null);
  const [isBusy, setBusy] = useState(false);
  const ask = async (body: object): Promise<Answer<Result>> => {
    setBusy(true);
    const answer = await callApi<Result>('PATCH', path, body);
    setBusy(false);
    setFailure(answer.ok ? null : answer);
    return answer;
  };
  const clear = () => {
    setSentences(null);
    setFailure(null);
  };
  return {
    sentences,
    problem: failure?.problem ?? null,
    mayForce: sentences !== null && failure?.status === CONFLICT,
    isBusy,
    async see(body) {
      const answer = await ask({ ...body, preview: true });
      setSentences(answer.ok ? answer.data.sentences : null);
    },
    async apply(body) {
      const answer = await ask(body);
      if (answer.ok) clear();
      return answer.ok;
    },
    clear,
  };
}
