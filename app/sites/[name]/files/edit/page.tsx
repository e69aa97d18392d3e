// Editing one file of main, or writing a new one: `?path=`, of a folder with a slash at its end.

import type { Metadata } from 'next';
import { readPath } from '#lib/api/history.ts';
import { parsePlace } from '#lib/api/place.ts';
import { AppError } from '#lib/errors/app-error.ts';
import { siteUrl } from '#lib/sites/address.ts';
import { Notice } from '../../../../_components/notice.tsx';
import { openSite } from '../../_parts/open-site.ts';
import { Editor, type EditorStart } from '../_parts/editor.tsx';
import { paramsOf } from '../_parts/places.ts';

interface Props {
  params: Promise<{ name: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

type Shown = { start: EditorStart } | { problem: { message: string; hint: string } };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Edit ${(await params).name.slice(0, 30)}` };
}

export default async function Page({ params, searchParams }: Props) {
  const { site, settings } = await openSite(params, 'develop');
  const { path } = parsePlace(paramsOf(await searchParams));
  const shown = await openForEdit(settings.paths.historySocket, site.id, path);
  return (
    <main id="main" className="mx-auto flex w-full max-w-6xl flex-col gap-6 px-5 pb-16 pt-2 sm:px-8">
      {'problem' in shown ? (
        <Notice tone="warn" message={shown.problem.message} hint={shown.problem.hint} testId="edit-problem" />
      ) : (
        <Editor key={path} name={site.name} address={siteUrl(settings, site.name)} start={shown.start} />
      )}
    </main>
  );
}

/** What is not there yet is a new file. */
async function openForEdit(socket: string, siteId: string, path: string): Promise<Shown> {
  const isFolder = path === '' || path.endsWith('/');
  try {
    const file = await readPath(socket, siteId, { path: isFolder ? '' : path, commit: null });
    if (!file.main) return { problem: EMPTY };
    if (isFolder) return { start: { path: null, suggested: path, text: '', main: file.main } };
    if (file.kind === 'folder')
      return { problem: { message: `${file.path} is a folder.`, hint: 'Open a file in it.' } };
    if (!file.editable || file.text === null) return { problem: NOT_TEXT };
    return { start: { path: file.path, suggested: file.path, text: file.text, main: file.main } };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code !== 'not-found' || isFolder) return { problem: error };
    const top = await readPath(socket, siteId, { path: '', commit: null });
    return top.main ? { start: { path: null, suggested: path, text: '', main: top.main } } : { problem: EMPTY };
  }
}

const EMPTY = { message: 'Nothing is committed yet.', hint: 'Push a first commit, then edit it here.' };
const NOT_TEXT = {
  message: 'This file cannot be edited here: it is not plain text in UTF-8, or larger than 256 KB.',
  hint: 'Change it in a clone.',
};
