// What a browser's terminal and its page tell each other beside the bytes: text messages of JSON, while bytes are binary
// (RFC 6455, 5.6). Pure; both sides use it.

/** To the page. */
export type Told =
  | { kind: 'opened'; isOld: boolean }
  | { kind: 'waking' }
  | { kind: 'ended'; exitCode: number | null }
  | { kind: 'refused'; message: string; hint: string };

export interface TerminalSize {
  columns: number;
  rows: number;
}

/** Why the connection was closed for good (RFC 6455, 7.4.2): coming back would be of no use. */
export const CLOSED = { ended: 4000, refused: 4001 } as const;
