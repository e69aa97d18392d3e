// A repository becomes a site: what is about to be launched, a name, and the button. Where a badge in a README leads.

import { randomUUID } from 'node:crypto';
import type { Metadata } from 'next';
import { services } from '#lib/api/services.ts';
import { AppError } from '#lib/errors/app-error.ts';
import { parseBranch, parseRepositoryUrl, shownUrl } from '#lib/upstream/url.ts';
import { BadgeLine } from '../_components/badge-line.tsx';
import { LaunchForm } from '../_components/launch-form.tsx';
import { Notice } from '../_components/notice.tsx';
import { refusalOf } from '../_components/refusals.ts';
import { RepositoryForm } from '../_components/repository-form.tsx';
import { ScenePage } from '../_components/scene-page.tsx';

export const metadata: Metadata = { title: 'Launch a repository' };

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function NewPage({ searchParams }: Props) {
  const { settings } = services();
  const { repo, branch, refused } = await searchParams;
  const asked = parseAsked(first(repo), first(branch));
  const port = new URL(settings.appUrl).port;
  return (
    <ScenePage>
      <div className="flex max-w-xl flex-col gap-6">
        <h1 className="text-3xl font-extrabold tracking-[-0.03em]">Launch a repository.</h1>
        {asked.kind === 'ready' ? (
          <>
            <Chosen url={asked.url} branch={asked.branch} />
            <LaunchForm
              formKey={randomUUID()}
              addressSuffix={`.${settings.sitesDomain}${port ? `:${port}` : ''}`}
              refused={refusalOf(refused)}
              repository={{ url: asked.url, branch: asked.branch }}
            />
            <BadgeLine appUrl={settings.appUrl} url={asked.url} branch={asked.branch} />
          </>
        ) : (
          <>
            <p className="max-w-[40ch] text-lg text-ink/85">
              A public repository of Python, Node or plain files becomes a site of its own.
            </p>
            {asked.kind === 'bad' ? (
              <div className="max-w-md">
                <Notice tone="bad" message={asked.message} hint={asked.hint} testId="launch-problem" />
              </div>
            ) : null}
            <RepositoryForm url={first(repo) ?? ''} />
          </>
        )}
      </div>
    </ScenePage>
  );
}

function Chosen({ url, branch }: { url: string; branch: string | null }) {
  const [host = '', ...rest] = shownUrl(url).split('/');
  return (
    <p className="text-lg" data-testid="chosen-repository">
      <span className="block text-sm text-muted">From {host}</span>
      <span className="block font-semibold break-all">{rest.join('/')}</span>
      <span className="block text-sm text-muted">{branch ? `branch ${branch}` : 'its default branch'}</span>
    </p>
  );
}

type Asked =
  | { kind: 'none' }
  | { kind: 'ready'; url: string; branch: string | null }
  | { kind: 'bad'; message: string; hint: string };

function parseAsked(repo: string | undefined, branch: string | undefined): Asked {
  if (!repo?.trim()) return { kind: 'none' };
  try {
    return { kind: 'ready', url: parseRepositoryUrl(repo), branch: parseBranch(branch) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { kind: 'bad', message: error.message, hint: error.hint };
  }
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
