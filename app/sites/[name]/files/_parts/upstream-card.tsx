// The repository elsewhere that the site follows: what was last fetched, how to fetch now, and the webhook that does it
// after every push there.

'use client';

import { GitBranch, RefreshCw } from 'lucide-react';
import { type FormEvent, useEffect, useState } from 'react';
import type { UpstreamView } from '#lib/upstream/change.ts';
import { BUTTON } from '../../../../_components/buttons.ts';
import { callApi, type Problem } from '../../../../_components/call-api.ts';
import { Card } from '../../../../_components/card.tsx';
import { CopyButton } from '../../../../_components/copy-button.tsx';
import { Disclosure } from '../../../../_components/disclosure.tsx';
import { Notice } from '../../../../_components/notice.tsx';
import { RelativeTime } from '../../../../_components/time-text.tsx';

const LOOK_MS = 1_500;

interface Answer {
  upstream: UpstreamView | null;
}

export function UpstreamCard({ name, initial }: { name: string; initial: UpstreamView | null }) {
  const [upstream, setUpstream] = useState(initial);
  const [problem, setProblem] = useState<Problem | null>(null);
  const place = `/api/sites/${name}/upstream`;
  const isWanted = upstream?.isWanted ?? false;

  useEffect(() => {
    if (!isWanted) return;
    const timer = setInterval(async () => {
      const answer = await callApi<Answer>('GET', place);
      if (answer.ok) setUpstream(answer.data.upstream);
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [isWanted, place]);

  const call = async (method: 'PUT' | 'DELETE', body?: unknown) => {
    const answer = await callApi<Answer>(method, place, body);
    setProblem(answer.ok ? null : answer.problem);
    if (answer.ok) setUpstream(answer.data.upstream);
  };
  const fetchNow = async () => {
    const answer = await callApi('POST', `${place}/fetch`);
    setProblem(answer.ok ? null : answer.problem);
    if (answer.ok) setUpstream((before) => before && { ...before, isWanted: true, problem: null });
  };

  return (
    <Card title="Follow a repository" id="upstream" aside={upstream ? <Fetched upstream={upstream} /> : null}>
      <div className="flex flex-col gap-4 text-sm">
        {upstream ? (
          <Followed upstream={upstream} onFetch={fetchNow} onLeave={() => call('DELETE')} />
        ) : (
          <p className="text-muted">
            A public repository elsewhere is fetched and deployed, now and after every push there. It becomes main here.
          </p>
        )}
        {upstream?.problem && !isWanted ? (
          <Notice tone="bad" message={upstream.problem} testId="upstream-problem" />
        ) : null}
        {problem ? (
          <Notice tone="bad" message={problem.message} hint={problem.hint} urgent testId="upstream-refused" />
        ) : null}
        {upstream ? (
          <>
            <Hook hook={upstream.hook} />
            <Disclosure title="Follow another one">
              <ConnectForm url={upstream.url} branch={upstream.branch} onConnect={(body) => call('PUT', body)} />
            </Disclosure>
          </>
        ) : (
          <ConnectForm url="" branch={null} onConnect={(body) => call('PUT', body)} />
        )}
      </div>
    </Card>
  );
}

function Fetched({ upstream }: { upstream: UpstreamView }) {
  return (
    <p className="text-sm text-muted" role="status" data-testid="upstream-state">
      {upstream.isWanted ? (
        'Fetching…'
      ) : upstream.fetchedAt ? (
        <>
          Fetched <RelativeTime at={upstream.fetchedAt} />
        </>
      ) : (
        'Not fetched yet'
      )}
    </p>
  );
}

interface FollowedProps {
  upstream: UpstreamView;
  onFetch: () => Promise<void>;
  onLeave: () => Promise<void>;
}

function Followed({ upstream, onFetch, onLeave }: FollowedProps) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
      <p className="min-w-0">
        <span className="block font-mono text-sm break-all">{upstream.url}</span>
        <span className="mt-1 flex flex-wrap items-center gap-x-2 text-xs text-muted">
          <GitBranch className="size-3.5" aria-hidden="true" />
          {upstream.branch ?? 'its default branch'}
          {upstream.commit ? (
            <>
              {' · '}
              <code className="font-mono">{upstream.commit.slice(0, 7)}</code>
            </>
          ) : null}
        </span>
      </p>
      <div className="flex gap-2">
        <button
          type="button"
          disabled={upstream.isWanted}
          onClick={() => void onFetch()}
          className={BUTTON.primary}
          data-testid="fetch-now"
        >
          <RefreshCw className={`size-4 ${upstream.isWanted ? 'motion-safe:animate-spin' : ''}`} aria-hidden="true" />
          Fetch now
        </button>
        <button type="button" onClick={() => void onLeave()} className={BUTTON.quiet}>
          Stop following
        </button>
      </div>
    </div>
  );
}

function Hook({ hook }: { hook: UpstreamView['hook'] }) {
  return (
    <Disclosure title="Deploy on every push there">
      <div className="mt-3 flex flex-col gap-3">
        <p className="text-muted">
          On GitHub, under Settings, Webhooks, add one for pushes, of type application/json, with these two.
        </p>
        <dl className="grid gap-2 sm:grid-cols-[8rem_minmax(0,1fr)] sm:items-center">
          <HookLine label="Payload URL" text={hook.url} />
          {hook.secret ? <HookLine label="Secret" text={hook.secret} /> : null}
        </dl>
      </div>
    </Disclosure>
  );
}

function HookLine({ label, text }: { label: string; text: string }) {
  return (
    <>
      <dt className="text-muted">{label}</dt>
      <dd className="flex min-w-0 items-center gap-1 rounded-box bg-sunken py-0.5 pl-3 pr-1">
        <code className="min-w-0 flex-1 font-mono text-xs break-all">{text}</code>
        <CopyButton text={text} what={`the ${label.toLowerCase()}`} />
      </dd>
    </>
  );
}

interface ConnectFormProps {
  url: string;
  branch: string | null;
  onConnect: (body: { repository: string; branch: string | null }) => Promise<void>;
}

const FIELD = 'rounded-box border border-line-strong bg-surface px-3 py-2.5 font-mono text-sm min-w-0';

function ConnectForm({ url, branch, onConnect }: ConnectFormProps) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    void onConnect({
      repository: String(fields.get('repository')),
      branch: String(fields.get('branch')).trim() || null,
    });
  };
  return (
    <form onSubmit={submit} className="mt-1 flex flex-wrap items-center gap-3">
      <input
        name="repository"
        required
        defaultValue={url}
        aria-label="Address of the repository"
        placeholder="https://github.com/you/repo"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        className={`${FIELD} flex-1 basis-72 max-sm:basis-full`}
      />
      <input
        name="branch"
        defaultValue={branch ?? ''}
        aria-label="Branch"
        placeholder="default branch"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        className={`${FIELD} w-44 max-sm:w-full`}
      />
      <button type="submit" className={BUTTON.quiet}>
        Follow and deploy
      </button>
    </form>
  );
}
