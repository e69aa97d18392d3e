// What the API answers at a path, asked again when the revision moves; null until then and when it refuses.

'use client';

import { useEffect, useState } from 'react';
import { callApi } from '../../../_components/call-api.ts';

export function useAnswer<Data>(path: string, revision: string): Data | null {
  const [data, setData] = useState<Data | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new revision means to ask again
  useEffect(() => {
    let isWanted = true;
    void callApi<Data>('GET', path).then((answer) => {
      if (isWanted && answer.ok) setData(answer.data);
    });
    return () => {
      isWanted = false;
    };
  }, [path, revision]);
  return data;
}
