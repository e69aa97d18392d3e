// How to get the code and how to bring it back: the exact commands.

'use client';

import { PencilLine } from 'lucide-react';
import { useState } from 'react';
import type { SiteView } from '#lib/sites/view.ts';
import { BUTTON } from '../../../_components/buttons.ts';
import { Card } from '../../../_components/card.tsx';
import { Disclosure } from '../../../_components/disclosure.tsx';
import { Link } from '../../../_components/link.tsx';
import { Command } from './command.tsx';

const WAYS = [
  { id: 'http', label: 'HTTP' },
  { id: 'ssh', label: 'SSH' },
] as const;

type Way = (typeof WAYS)[number]['id'];

export function GitCard({ view }: { view: SiteView }) {
  const [way, setWay] = useState<Way>('http');
  const remote = way === 'http' ? (view.git.httpWithToken ?? view.git.http) : view.git.ssh;
  const mayPush = view.access !== 'view';
  return (
    <Card
      title={mayPush ? 'Push your code' : 'Get the code'}
      id="git"
      aside={<WaySwitch way={way} onChange={setWay} />}
    >
      {isFresh(view) ? <FirstChange name={view.name} /> : null}
      <ol className="flex flex-col gap-4 text-sm">
        <li>
          <p className="mb-1.5 text-muted">Get what runs now</p>
          <Command text={`git clone ${remote}`} what="the clone command" testId="clone-command" />
        </li>
        {mayPush ? (
          <li>
            <p className="mb-1.5 text-muted">Change something and push it; the site follows</p>
            <Command
              text={`cd ${view.name} && git commit -am "Say hello" && git push`}
              what="the push command"
              testId="push-command"
            />
          </li>
        ) : null}
      </ol>
      {mayPush ? (
        <Disclosure title="From a repository that you have" className="mt-4">
          <div className="mt-3 flex flex-col gap-2">
            <Command text={`git remote add lightkeeper ${remote}`} what="the remote command" testId="remote-command" />
            <Command
              text="git push -f lightkeeper HEAD:main"
              what="the first push command"
              testId="first-push-command"
            />
            <p className="text-muted">Python, Node or plain files. The branch main is what the site shows.</p>
          </div>
        </Disclosure>
      ) : null}
      <HowToEnter view={view} way={way} />
    </Card>
  );
}

function HowToEnter({ view: { access, token }, way }: { view: SiteView; way: Way }) {
  const isOwners = access === 'own';
  if (isOwners && (way === 'http' || token === null)) return null;
  return (
    <p className="mt-4 text-sm text-muted">
      {isOwners ? (
        'Git asks for the site’s password, unless you add a key below.'
      ) : (
        <>
          {way === 'http' ? 'Git asks for a password: an API token of ' : 'Git uses an SSH key of '}
          <Link href="/account" className="underline underline-offset-4">
            your account
          </Link>
          .
        </>
      )}
    </p>
  );
}

/** Nothing but the starter has been there, for somebody who may change it. */
function isFresh({ deployments, access }: SiteView): boolean {
  return access !== 'view' && deployments.length === 1 && deployments[0]?.cause === 'launch';
}

function FirstChange({ name }: { name: string }) {
  return (
    <div className="mb-5 flex flex-wrap items-center justify-between gap-3 border-b border-line pb-5 text-sm">
      <p className="text-muted">A first change needs no tool at all.</p>
      <Link href={`/sites/${name}/files/edit?path=main.py`} className={`${BUTTON.quiet} no-underline`}>
        <PencilLine className="size-4" aria-hidden="true" />
        Change the greeting
      </Link>
    </div>
  );
}

function WaySwitch({ way, onChange }: { way: Way; onChange: (way: Way) => void }) {
  return (
    <fieldset className="flex rounded-full border border-line-strong p-0.5 text-xs font-semibold">
      <legend className="sr-only">Git over</legend>
      {WAYS.map(({ id, label }) => (
        <label
          key={id}
          className="cursor-pointer rounded-full px-3 py-1 text-muted has-checked:bg-ink has-checked:text-paper has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-(--focus)"
        >
          <input
            type="radio"
            name="git-way"
            value={id}
            checked={way === id}
            onChange={() => onChange(id)}
            className="sr-only"
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
