// The way in as root: command, password, keys.

'use client';

import { Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';
import type { SiteView } from '#lib/sites/view.ts';
import { Card } from '../../../_components/card.tsx';
import { CopyButton } from '../../../_components/copy-button.tsx';
import { Link } from '../../../_components/link.tsx';
import { Command } from './command.tsx';
import { KeyList } from './key-list.tsx';

export function SshCard({ view }: { view: SiteView }) {
  return (
    <Card title="Log in as root" id="ssh">
      <Command text={view.ssh.command} what="the SSH command" testId="ssh-command" />
      {view.access === 'develop' ? (
        <p className="mt-3 text-sm text-muted">
          An SSH key of{' '}
          <Link href="/account#ssh-keys" className="underline underline-offset-4">
            your account
          </Link>{' '}
          lets you in.
        </p>
      ) : null}
      {view.ssh.password === null ? null : <Password password={view.ssh.password} />}
      {view.access === 'own' ? <KeyList name={view.name} keys={view.keys} /> : null}
    </Card>
  );
}

function Password({ password }: { password: string }) {
  const [isShown, setShown] = useState(false);
  const Icon = isShown ? EyeOff : Eye;
  return (
    <div className="mt-3 flex items-center gap-1 text-sm">
      <span className="mr-2 text-muted">Password</span>
      <code data-testid="ssh-password" data-shown={isShown} className="min-w-0 flex-1 truncate font-mono text-sm">
        {isShown ? password : <span aria-hidden="true">{'•'.repeat(14)}</span>}
        {isShown ? null : <span className="sr-only">hidden</span>}
      </code>
      <button
        type="button"
        aria-pressed={isShown}
        aria-label="Show the password"
        title={isShown ? 'Hide the password' : 'Show the password'}
        onClick={() => setShown(!isShown)}
        className="inline-flex size-9 items-center justify-center rounded-lg text-muted hover:bg-line/60 hover:text-ink"
      >
        <Icon className="size-4.5" aria-hidden="true" />
      </button>
      <CopyButton text={password} what="the password" />
    </div>
  );
}
