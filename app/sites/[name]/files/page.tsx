// The files of a site's repository, at main or at an earlier commit.

import type { Metadata } from 'next';
import { readCommits, readPath } from '#lib/api/history.ts';
import { parsePlace } from '#lib/api/place.ts';
import { readUpstream } from '#lib/api/upstream.ts';
import { AppError } from '#lib/errors/app-error.ts';
import { includes } from '#lib/sites/access.ts';
import { Notice } from '../../../_components/notice.tsx';
import { openSite } from '../_parts/open-site.ts';
import { CommitChoice } from './_parts/commit-choice.tsx';
import { FileView } from './_parts/file-view.tsx';
import { FolderView } from './_parts/folder-view.tsx';
import { PathBar } from './_parts/path-bar.tsx';
import { paramsOf } from './_parts/places.ts';
import { UpstreamCard } from './_parts/upstream-card.tsx';

interface Props {
  params: Promise<{ name: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

const COMMITS_LISTED = 30;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Files of ${(await params).name.slice(0, 30)}` };
}

export default async function Page({ params, searchParams }: Props) {
  const { site, settings, db } = await openSite(params, 'view');
  const place = parsePlace(paramsOf(await searchParams));
  const { historySocket } = settings.paths;
  const isOwner = includes(site.standing.access, 'own');
  const [upstream, shown, list] = await Promise.all([
    isOwner ? readUpstream({ db, settings }, site) : null,
    readPath(historySocket, site.id, place).catch(asProblem),
    readCommits(historySocket, site.id, COMMITS_LISTED).catch(() => ({ commits: [] })),
  ]);
  const mayEdit = includes(site.standing.access, 'develop') && site.state === 'live';
  const here = { name: site.name, place, mayEdit };
  return (
    <main id="main" className="mx-auto flex w-full max-w-6xl flex-col gap-6 px-5 pb-16 pt-2 sm:px-8">
      <h1 className="text-2xl font-extrabold tracking-[-0.03em]">Files</h1>
      <section className="rounded-card border border-line bg-surface" aria-labelledby="files-title">
        <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 border-b border-line px-5 py-4 sm:px-6">
          <PathBar name={site.name} place={place} />
          <CommitChoice name={site.name} place={place} commits={list.commits} />
        </div>
        {shown instanceof AppError ? (
          <div className="p-5 sm:p-6">
            <Notice tone="warn" message={shown.message} hint={shown.hint} testId="files-problem" />
          </div>
        ) : shown.kind === 'folder' ? (
          <FolderView {...here} folder={shown} />
        ) : (
          <FileView {...here} file={shown} />
        )}
      </section>
      {isOwner && place.path === '' ? <UpstreamCard name={site.name} initial={upstream} /> : null}
    </main>
  );
}

function asProblem(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  throw cause;
}
