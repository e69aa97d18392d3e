// The newest commits and the files of main, as the git worker reads them.

'use client';

import { useState } from 'react';
import type { CommitList } from '#lib/api/history.ts';
import { Card } from '../../../_components/card.tsx';
import { RelativeTime } from '../../../_components/time-text.tsx';
import { FileBrowser } from './file-browser.tsx';
import { useAnswer } from './use-answer.ts';

const COMMITS_SHOWN = 5;

interface HistoryCardProps {
  name: string;
  /** Anything that changes when the repository may have. */
  revision: string;
  className?: string;
}

export function HistoryCard({ name, revision, className }: HistoryCardProps) {
  const commits = useAnswer<CommitList>(`/api/sites/${name}/commits`, revision);
  const [path, setPath] = useState('');
  if (!commits) return null;
  return (
    <Card
      title="Repository"
      id="repository"
      className={className}
      aside={<code className="font-mono text-xs text-muted">main</code>}
    >
      <ul aria-label="Recent commits" className="mb-4 flex min-w-0 flex-col gap-2.5 text-sm">
        {commits.commits.slice(0, COMMITS_SHOWN).map((commit) => (
          <li key={commit.id} className="min-w-0">
            <span className="block truncate">{commit.subject || 'A commit without a message'}</span>
            <span className="block truncate text-xs text-muted">
              <code className="font-mono">{commit.id.slice(0, 7)}</code> · {commit.author} ·{' '}
              <RelativeTime at={commit.at} />
            </span>
          </li>
        ))}
      </ul>
      <FileBrowser name={name} revision={revision} path={path} onOpen={setPath} />
    </Card>
  );
}
