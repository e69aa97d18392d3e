// CodeMirror, loaded by the editing page alone. Its colours are our tokens, so that day and night need no second theme.

import {
  defaultHighlightStyle,
  HighlightStyle,
  indentUnit,
  type LanguageSupport,
  syntaxHighlighting,
} from '@codemirror/language';
import { Compartment, EditorState } from '@codemirror/state';
import { keymap } from '@codemirror/view';
import { basicSetup, EditorView } from 'codemirror';

export interface CodeEditor {
  text(): string;
  focus(): void;
  /** The language follows the name. */
  rename(path: string): void;
  close(): void;
}

export interface CodeEditorOptions {
  parent: HTMLElement;
  text: string;
  path: string;
  label: string;
  onChange: () => void;
  onCommit: () => void;
}

export function openCodeEditor({ parent, text, path, label, onChange, onCommit }: CodeEditorOptions): CodeEditor {
  const language = new Compartment();
  const commit = () => {
    onCommit();
    return true;
  };
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        EditorView.cspNonce.of(pageNonce()),
        keymap.of([
          { key: 'Mod-s', preventDefault: true, run: commit },
          { key: 'Tab', run: insertIndent },
        ]),
        basicSetup,
        EditorState.lineSeparator.of(separatorOf(text)),
        syntaxHighlighting(COLOURS),
        THEME,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label, 'data-testid': 'code' }),
        EditorView.updateListener.of((update) => update.docChanged && onChange()),
        language.of([]),
      ],
    }),
  });
  const speak = (name: string) =>
    void loadLanguage(name).then((support) => view.dispatch({ effects: language.reconfigure(support ?? []) }));
  speak(path);
  return {
    text: () => view.state.sliceDoc(),
    focus: () => view.focus(),
    rename: speak,
    close: () => view.destroy(),
  };
}

const LANGUAGES: [RegExp, () => Promise<LanguageSupport>][] = [
  [/\.pyi?$/, async () => (await import('@codemirror/lang-python')).python()],
  [/\.(?:[mc]?js|jsx)$/, async () => (await import('@codemirror/lang-javascript')).javascript({ jsx: true })],
  [
    /\.(?:[mc]?ts|tsx)$/,
    async () => (await import('@codemirror/lang-javascript')).javascript({ jsx: true, typescript: true }),
  ],
  [/\.html?$/, async () => (await import('@codemirror/lang-html')).html()],
  [/\.css$/, async () => (await import('@codemirror/lang-css')).css()],
  [/\.json$/, async () => (await import('@codemirror/lang-json')).json()],
  [/\.(?:md|markdown)$/, async () => (await import('@codemirror/lang-markdown')).markdown()],
];

async function loadLanguage(path: string): Promise<LanguageSupport | null> {
  const [, load] = LANGUAGES.find(([pattern]) => pattern.test(path.toLowerCase())) ?? [];
  return load ? load() : null;
}

/** What is read is written back: with both kinds of line ends, a carriage return is a character like any other. */
function separatorOf(text: string): string {
  return text.includes('\r\n') && !/(?:^|[^\r])\n/.test(text) ? '\r\n' : '\n';
}

/** Where text is selected, or after Escape, Tab moves on, as everywhere else. */
function insertIndent(view: EditorView): boolean {
  if (!view.state.selection.main.empty) return false;
  view.dispatch(view.state.update(view.state.replaceSelection(view.state.facet(indentUnit)), { userEvent: 'input' }));
  return true;
}

/** The document's own: after a way through several pages, the newest header's would be another. */
function pageNonce(): string {
  return document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? '';
}

/** CodeMirror's own choice of what gets a colour, in ours. */
const TOKENS: Record<string, string> = {
  '#708': 'keyword',
  '#219': 'number',
  '#164': 'number',
  '#a11': 'string',
  '#e40': 'string',
  '#00f': 'name',
  '#30a': 'name',
  '#00c': 'name',
  '#085': 'type',
  '#167': 'type',
  '#256': 'type',
  '#940': 'comment',
  '#404740': 'comment',
};

const COLOURS = HighlightStyle.define(
  defaultHighlightStyle.specs.map((spec) => {
    const token = TOKENS[String(spec.color)];
    return token ? { ...spec, color: `var(--code-${token})` } : spec;
  }),
);

const THEME = EditorView.theme({
  '&': { color: 'var(--ink)', fontSize: '0.875rem', backgroundColor: 'transparent' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    fontFamily: 'var(--font-jetbrains), ui-monospace, monospace',
    lineHeight: '1.6',
    minHeight: '14rem',
    maxHeight: 'max(18rem, calc(100dvh - 25rem))',
  },
  '.cm-content': { caretColor: 'var(--ink)', padding: '0.75rem 0' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--ink)', borderLeftWidth: '2px' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--muted)', border: 'none', paddingLeft: '0.5rem' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--sunken) 70%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent', color: 'var(--ink)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground, .cm-content ::selection':
    {
      backgroundColor: 'color-mix(in srgb, var(--beam) 35%, transparent)',
    },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'color-mix(in srgb, var(--beam) 30%, transparent)' },
  '.cm-selectionMatch': { backgroundColor: 'color-mix(in srgb, var(--beam) 18%, transparent)' },
  '.cm-panels': { backgroundColor: 'var(--sunken)', color: 'var(--ink)', borderColor: 'var(--line)' },
  '.cm-tooltip': { backgroundColor: 'var(--surface)', color: 'var(--ink)', border: '1px solid var(--line-strong)' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--beam)', color: 'var(--beam-ink)' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--sunken)', border: '1px solid var(--line)', color: 'var(--muted)' },
  '.cm-textfield, .cm-button': {
    backgroundColor: 'var(--surface)',
    backgroundImage: 'none',
    border: '1px solid var(--line-strong)',
    color: 'var(--ink)',
  },
});
