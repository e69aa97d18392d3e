// Folders and files of main. What a file holds is shown as text and nothing else.

import { CornerLeftUp, File, FileSymlink, Folder } from 'lucide-react';
import type { FolderOrFile } from '#lib/api/history.ts';
import { formatBytes } from '#lib/bytes.ts';
import { useAnswer } from './use-answer.ts';

const ICONS = { folder: Folder, file: File, link: FileSymlink, submodule: Folder } as const;

interface FileBrowserProps {
  name: string;
  revision: string;
  path: string;
  onOpen: (path: string) => void;
}

export function FileBrowser({ name, revision, path, onOpen }: FileBrowserProps) {
  const shown = useAnswer<FolderOrFile>(`/api/sites/${name}/files?path=${encodeURIComponent(path)}`, revision);
  if (!shown) return null;
  return (
    <div className="border-t border-line pt-3 text-sm">
      {shown.path ? (
        <Entry
          icon={CornerLeftUp}
          label={shown.path}
          what={`Up from ${shown.path}`}
          onOpen={() => onOpen(parentOf(shown.path))}
        />
      ) : null}
      {shown.kind === 'folder' ? <FolderList folder={shown} onOpen={onOpen} /> : <FileText file={shown} />}
    </div>
  );
}

function FolderList({ folder, onOpen }: { folder: FolderOrFile & { kind: 'folder' }; onOpen: (path: string) => void }) {
  const sorted = [...folder.entries].sort(
    (a, b) => Number(b.kind === 'folder') - Number(a.kind === 'folder') || a.name.localeCompare(b.name),
  );
  return (
    <ul aria-label="Files" className="flex max-h-72 min-w-0 flex-col overflow-y-auto">
      {sorted.map(({ name, kind }) => (
        <li key={name}>
          <Entry
            icon={ICONS[kind]}
            label={name}
            what={`Open ${name}`}
            onOpen={() => onOpen(folder.path ? `${folder.path}/${name}` : name)}
          />
        </li>
      ))}
      {folder.entriesMore > 0 ? <li className="px-2 py-1 text-muted">and {folder.entriesMore} more</li> : null}
    </ul>
  );
}

function FileText({ file }: { file: FolderOrFile & { kind: 'file' } }) {
  if (file.text === null) return <p className="px-2 py-1 text-muted">Not text, {formatBytes(file.bytes)}.</p>;
  return (
    <>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        tabIndex={0}
        className="mt-2 max-h-80 overflow-auto whitespace-pre-wrap break-words rounded-box bg-night px-4 py-3 font-mono text-xs leading-relaxed text-night-ink"
      >
        {file.text}
      </pre>
      <p className="mt-1 px-2 text-xs text-muted">
        {formatBytes(file.bytes)}
        {file.truncated ? '; only its beginning is shown' : ''}
      </p>
    </>
  );
}

interface EntryProps {
  icon: typeof Folder;
  label: string;
  what: string;
  onOpen: () => void;
}

function Entry({ icon: Icon, label, what, onOpen }: EntryProps) {
  return (
    <button
      type="button"
      aria-label={what}
      onClick={onOpen}
      className="flex w-full min-w-0 items-center gap-2.5 rounded-lg px-2 py-1 text-left hover:bg-sunken"
    >
      <Icon className={`size-4 shrink-0 ${Icon === Folder ? 'text-accent' : 'text-muted'}`} aria-hidden="true" />
      <span className="truncate">{label}</span>
    </button>
  );
}

function parentOf(path: string): string {
  return path.split('/').slice(0, -1).join('/');
}
