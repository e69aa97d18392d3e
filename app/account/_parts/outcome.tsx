// What came of a change: a quiet line, or what is the matter.

import type { Problem } from '../../_components/call-api.ts';
import { Notice } from '../../_components/notice.tsx';

export function Outcome({ problem, said }: { problem: Problem | null | undefined; said: string }) {
  return (
    <>
      {problem ? (
        <Notice tone="bad" message={problem.message} hint={problem.hint} urgent testId="account-problem" />
      ) : null}
      <p role="status" className="text-sm text-good empty:hidden">
        {said}
      </p>
    </>
  );
}
