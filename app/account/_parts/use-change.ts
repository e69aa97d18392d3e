// A change of the account: what is sent, whether it is under way, what came of it. The page is then rendered anew.

'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { callApi, type Problem } from '../../_components/call-api.ts';

export function useChange() {
  const router = useRouter();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [said, setSaid] = useState('');

  const change = async (method: 'POST' | 'DELETE', path: string, body: unknown, done: string): Promise<boolean> => {
    setBusy(true);
    const answer = await callApi(method, path, body);
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    setSaid(answer.ok ? done : '');
    if (answer.ok) router.refresh();
    return answer.ok;
  };
  return { change, isBusy, problem, said };
}
