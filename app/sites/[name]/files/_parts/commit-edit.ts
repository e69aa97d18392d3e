// The editor's way to a commit: the edit goes out, and each line of its deployment comes in as it is said.

import type { Change } from '#lib/git/changes.ts';
import type { Problem } from '../../../../_components/call-api.ts';

export interface EditSent {
  parent: string;
  message: string;
  changes: Change[];
}

export type CommitOutcome = { commit: string } | { isMoved: boolean; problem: Problem };

const CUT: Problem = {
  message: 'The connection ended before the commit was done.',
  hint: 'What you wrote is still here. Look at the site’s deployments, then commit again.',
};
const FAILED: Problem = { message: 'Lightkeeper does not answer.', hint: 'What you wrote is still here. Try again.' };

export async function commitEdit(name: string, edit: EditSent, onLine: (line: string) => void): Promise<CommitOutcome> {
  try {
    const response = await fetch(`/api/sites/${name}/commits`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/x-ndjson, application/json' },
      body: JSON.stringify(edit),
    });
    if (!response.ok) return refused(((await response.json()) as { error?: Refusal }).error);
    for await (const line of linesOf(response)) {
      const said = JSON.parse(line) as { log?: string; commit?: string; error?: Refusal };
      if (said.log !== undefined) onLine(said.log);
      if (said.commit !== undefined) return { commit: said.commit };
      if (said.error) return refused(said.error);
    }
    return { isMoved: false, problem: CUT };
  } catch {
    return { isMoved: false, problem: CUT }; // offline, or a proxy's page instead of lines
  }
}

type Refusal = Problem & { code: string };

function refused(error: Refusal | undefined): CommitOutcome {
  return { isMoved: error?.code === 'main-moved', problem: error ?? FAILED };
}

async function* linesOf(response: Response): AsyncGenerator<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let held = '';
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    const lines = (held + read.value).split('\n');
    held = lines.pop() ?? '';
    yield* lines.filter((line) => line !== '');
  }
}
