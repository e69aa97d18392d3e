// xterm.js, loaded when a terminal is opened, in the colours of the night: a terminal is dark by day as well.

import type { Terminal } from '@xterm/xterm';

const THEME = {
  background: '#0a1324',
  foreground: '#d7e1f3',
  cursor: '#ffbf47',
  cursorAccent: '#0a1324',
  selectionBackground: '#3b5179',
  black: '#22334f',
  red: '#ff8f84',
  green: '#7fdca9',
  yellow: '#ffcb6b',
  blue: '#8ab4ff',
  magenta: '#dba4f5',
  cyan: '#7ad7e6',
  white: '#d7e1f3',
  brightBlack: '#8fa1c0',
  brightRed: '#ffb0a8',
  brightGreen: '#a6ebc5',
  brightYellow: '#ffdf9c',
  brightBlue: '#b3ceff',
  brightMagenta: '#ebc6fb',
  brightCyan: '#a9e9f3',
  brightWhite: '#ffffff',
};
const SCROLLBACK_LINES = 5_000;

export interface Screen {
  terminal: Terminal;
  fill: () => void;
}

export async function openScreen(element: HTMLElement): Promise<Screen> {
  const [{ Terminal }, { FitAddon }] = await Promise.all([import('@xterm/xterm'), import('@xterm/addon-fit')]);
  const terminal = new Terminal({
    theme: THEME,
    fontFamily: getComputedStyle(element).fontFamily,
    fontSize: 14,
    lineHeight: 1.25,
    cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    scrollback: SCROLLBACK_LINES,
    minimumContrastRatio: 4.5,
    screenReaderMode: true,
  });
  const fitting = new FitAddon();
  terminal.loadAddon(fitting);
  withNonce(document, () => terminal.open(element));
  fitting.fit();
  return { terminal, fill: () => fitting.fit() };
}

/** The page's policy takes style elements with its nonce only (proxy.ts), and xterm.js makes some without one as it opens. */
function withNonce(page: Document, open: () => void): void {
  const nonce = page.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? '';
  const create = page.createElement;
  page.createElement = (tag: string, options?: ElementCreationOptions) => {
    const element: HTMLElement = create.call(page, tag, options);
    if (tag === 'style') element.nonce = nonce;
    return element;
  };
  try {
    open();
  } finally {
    page.createElement = create;
  }
}
