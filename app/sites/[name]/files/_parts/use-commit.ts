// A commit under way: its lines, its end, and what main is for the next one.

'use client';

import { useRef, useState } from 'react';
import type { FolderOrFile } from '#lib/api/history.ts';
import type { Change } from '#lib/git/changes.ts';
import { callApi, type Problem } from '../../../../_components/call-api.ts';
import { commitEdit } from './commit-edit.ts';

export interface CommitState {
  /** `moved`: somebody else has committed meanwhile. */
  phase: 'idle' | 'busy' | 'live' | 'refused' | 'moved';
  log: string;
  problem: Problem | null;
  tookMs: number;
}

const IDLE: CommitState = { phase: 'idle', log: '', problem: null, tookMs: 0 };

export function useCommit(name: string, main: string) {
  const [state, setState] = useState<CommitState>(IDLE);
  const parent = useRef(main);
  const isBusy = useRef(false);

  /** True once it is live. */
  const commit = async (message: string, changes: Change[]): Promise<boolean> => {
    if (isBusy.current) return false;
    isBusy.current = true;
    const startedAt = performance.now();
    setState({ ...IDLE, phase: 'busy' });
    const onLine = (line: string) => setState((before) => ({ ...before, log: `${before.log}${line}\n` }));
    const outcome = await commitEdit(name, { parent: parent.current, message, changes }, onLine);
    isBusy.current = false;
    const tookMs = performance.now() - startedAt;
    if ('commit' in outcome) {
      parent.current = outcome.commit;
      setState((before) => ({ ...before, phase: 'live', tookMs }));
      return true;
    }
    const { isMoved, problem } = outcome;
    setState((before) => ({ ...before, phase: isMoved ? 'moved' : 'refused', problem, tookMs }));
    return false;
  };

  /** Takes main as it is now for what the next commit stands on, and answers the file's text there. Null: it is gone. */
  const moveOn = async (path: string | null): Promise<{ text: string | null } | Problem> => {
    const at = (query: string) => callApi<FolderOrFile>('GET', `/api/sites/${name}/files?${query}`);
    const top = await at('');
    if (!top.ok) return top.problem;
    const file = path === null ? null : await at(new URLSearchParams({ path }).toString());
    if (file && !file.ok && file.status !== 404) return file.problem;
    const seen = file?.ok ? file.data : top.data;
    if (seen.main) parent.current = seen.main;
    return { text: file?.ok && file.data.kind === 'file' ? file.data.text : null };
  };
  return { state, commit, moveOn };
}
