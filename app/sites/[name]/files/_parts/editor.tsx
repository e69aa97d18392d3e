// A file in the browser: its text, its name, and the commit that deploys it. What is refused stays in the editor.

'use client';

import { useRouter } from 'next/navigation';
import { useCallback, useRef, useState } from 'react';
import { Link } from '../../../../_components/link.tsx';
import { CodeArea } from './code-area.tsx';
import type { CodeEditor } from './code-editor.ts';
import { CommitBar } from './commit-bar.tsx';
import { CommitProgress } from './commit-progress.tsx';
import { changesOf, folderOf, messageOf, removalOf } from './edit-plan.ts';
import { filesHref } from './places.ts';
import { RemoveFile } from './remove-file.tsx';
import { useCommit } from './use-commit.ts';
import { useLeaveWarning } from './use-leave-warning.ts';

export interface EditorStart {
  /** Null: the file is new. */
  path: string | null;
  /** What stands in the field of its name. */
  suggested: string;
  text: string;
  main: string;
}

interface EditorProps {
  name: string;
  address: string;
  start: EditorStart;
}

export function Editor({ name, address, start }: EditorProps) {
  const router = useRouter();
  const [from, setFrom] = useState(start.path);
  const [path, setPath] = useState(start.suggested);
  const [base, setBase] = useState(start.text);
  const [typedMessage, setTypedMessage] = useState<string | null>(null);
  const [isChanged, setChanged] = useState(false);
  const { state, commit, moveOn } = useCommit(name, start.main);
  const editor = useRef<CodeEditor | null>(null);
  const message = typedMessage ?? messageOf({ from, path });
  useLeaveWarning(isChanged);

  const submit = async () => {
    const text = editor.current?.text();
    if (text === undefined || path === '' || path.endsWith('/')) return;
    const isDone = await commit(message || 'Change a file', changesOf({ from, path, text }));
    if (!isDone) return;
    setFrom(path);
    setBase(text);
    setTypedMessage(null);
    setChanged(editor.current?.text() !== text);
    window.history.replaceState(null, '', `?${new URLSearchParams({ path })}`);
  };
  const remove = async () => {
    if (from === null) return;
    const { message: words, changes } = removalOf(from);
    if (await commit(words, changes)) router.push(filesHref(name, { path: folderOf(from), commit: null }));
  };
  const latest = useRef(submit);
  latest.current = submit;

  const mount = useCallback(
    (opened: CodeEditor) => {
      editor.current = opened;
      if (start.path !== null) opened.focus();
    },
    [start.path],
  );

  return (
    <section
      aria-labelledby="editor-title"
      className="rounded-card border border-line bg-surface"
      data-phase={state.phase}
    >
      <div className="flex flex-wrap items-center gap-x-5 gap-y-3 border-b border-line px-5 py-4 sm:px-6">
        <h1 id="editor-title" className="text-lg font-bold">
          {from === null ? 'New file' : 'Edit'}
        </h1>
        <input
          value={path}
          onChange={({ target }) => setPath(target.value)}
          onBlur={() => editor.current?.rename(path)}
          aria-label="Path of the file"
          placeholder="folder/name.py"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          className="min-w-0 flex-1 basis-48 rounded-box border border-line-strong bg-surface px-3 py-2 font-mono text-sm"
        />
        {from === null ? null : <RemoveFile path={from} isBusy={state.phase === 'busy'} onRemove={remove} />}
        <Link
          href={filesHref(name, { path: from ?? folderOf(start.suggested), commit: null })}
          className="text-sm font-medium text-muted underline-offset-4 hover:text-ink hover:underline"
        >
          {isChanged ? 'Discard' : 'Close'}
        </Link>
      </div>
      <CodeArea
        start={start}
        onMount={mount}
        onChange={() => setChanged(true)}
        onCommit={() => void latest.current()}
      />
      <CommitBar
        message={message}
        onMessage={setTypedMessage}
        isBusy={state.phase === 'busy'}
        isReady={path !== '' && !path.endsWith('/') && (isChanged || from !== path)}
        onCommit={submit}
      />
      <CommitProgress
        name={name}
        address={address}
        state={state}
        path={from}
        baseText={base}
        onMoveOn={moveOn}
        onRetry={submit}
      />
    </section>
  );
}
