// Where CodeMirror stands on the page. Made once: what is typed afterwards is its own.

'use client';

import { useEffect, useRef, useState } from 'react';
import type { CodeEditor } from './code-editor.ts';
import type { EditorStart } from './editor.tsx';

interface CodeAreaProps {
  start: EditorStart;
  onMount: (editor: CodeEditor) => void;
  onChange: () => void;
  onCommit: () => void;
}

export function CodeArea({ start, onMount, onChange, onCommit }: CodeAreaProps) {
  const box = useRef<HTMLDivElement>(null);
  const [isLoading, setLoading] = useState(true);
  const calls = useRef({ onMount, onChange, onCommit });
  calls.current = { onMount, onChange, onCommit };

  useEffect(() => {
    let isWanted = true;
    let opened: CodeEditor | null = null;
    void import('./code-editor.ts').then(({ openCodeEditor }) => {
      if (!isWanted || !box.current) return;
      opened = openCodeEditor({
        parent: box.current,
        text: start.text,
        path: start.suggested,
        label: start.path === null ? 'Text of the new file' : `Text of ${start.path}`,
        onChange: () => calls.current.onChange(),
        onCommit: () => calls.current.onCommit(),
      });
      setLoading(false);
      calls.current.onMount(opened);
    });
    return () => {
      isWanted = false;
      opened?.close();
    };
  }, [start]);

  return (
    <div className="min-h-[14rem] border-b border-line">
      <div ref={box} />
      {isLoading ? <p className="px-6 py-4 text-sm text-muted">Opening the editor…</p> : null}
    </div>
  );
}
