// What a folder holds: folders first, each entry with the commit that changed it last.

import { File, FilePlus2, FileSymlink, Folder, FolderGit2 } from 'lucide-react';
import type { FolderOrFile } from '#lib/api/history.ts';
import { BUTTON } from '../../../../_components/buttons.ts';
import { Link } from '../../../../_components/link.tsx';
import { RelativeTime } from '../../../../_components/time-text.tsx';
import { editHref, filesHref, type Here, inFolder } from './places.ts';

type FolderShown = FolderOrFile & { kind: 'folder' };
type EntryShown = FolderShown['entries'][number];

const ICONS = { folder: Folder, file: File, link: FileSymlink, submodule: FolderGit2 } as const;
const KIND_WORDS = { folder: '', file: '', link: 'link', submodule: 'submodule, not fetched' } as const;

export function FolderView({ folder, ...here }: Here & { folder: FolderShown }) {
  const { name, place, mayEdit } = here;
  const sorted = [...folder.entries].sort(
    (a, b) => Number(b.kind === 'folder') - Number(a.kind === 'folder') || a.name.localeCompare(b.name),
  );
  return (
    <>
      <ul aria-label="Files" className="flex flex-col">
        {sorted.map((entry) => (
          <li key={`${entry.kind} ${entry.name}`} className="border-b border-line last:border-b-0">
            <EntryRow {...here} entry={entry} />
          </li>
        ))}
        {folder.entriesMore > 0 ? (
          <li className="px-5 py-3 text-sm text-muted sm:px-6">
            and {folder.entriesMore.toLocaleString('en-US')} more, for a clone
          </li>
        ) : null}
        {sorted.length === 0 ? (
          <li className="px-5 py-8 text-sm text-muted sm:px-6">Nothing is committed yet. Add a file, or push.</li>
        ) : null}
      </ul>
      {mayEdit && place.commit === null ? (
        <div className="border-t border-line px-5 py-4 sm:px-6">
          <Link href={editHref(name, place.path ? `${place.path}/` : '')} className={`${BUTTON.quiet} no-underline`}>
            <FilePlus2 className="size-4" aria-hidden="true" />
            New file
          </Link>
        </div>
      ) : null}
    </>
  );
}

function EntryRow({ name, place, entry }: Here & { entry: EntryShown }) {
  const Icon = ICONS[entry.kind];
  const word = KIND_WORDS[entry.kind];
  const content = (
    <>
      <span className="flex min-w-0 items-center gap-3">
        <Icon
          className={`size-4.5 shrink-0 ${entry.kind === 'folder' ? 'text-accent' : 'text-muted'}`}
          aria-hidden="true"
        />
        <span className="min-w-0 font-medium [overflow-wrap:anywhere]">{entry.name}</span>
        {word ? <span className="shrink-0 text-xs text-muted">{word}</span> : null}
      </span>
      <span className="min-w-0 truncate pl-7.5 text-sm text-muted sm:pl-0">{entry.last?.subject ?? ''}</span>
      <span className="hidden whitespace-nowrap text-right text-sm text-muted sm:block">
        {entry.last ? <RelativeTime at={entry.last.at} /> : null}
      </span>
    </>
  );
  const look =
    'grid gap-x-6 px-5 py-2.5 sm:grid-cols-[minmax(0,2fr)_minmax(0,3fr)_9rem] sm:items-baseline sm:px-6 text-base';
  if (!entry.openable || entry.kind === 'submodule') return <div className={look}>{content}</div>;
  return (
    <Link
      href={filesHref(name, { ...place, path: inFolder(place.path, entry.name) })}
      className={`${look} no-underline hover:bg-sunken focus-visible:-outline-offset-3`}
    >
      {content}
    </Link>
  );
}
