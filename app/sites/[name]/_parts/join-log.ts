// Puts the pieces of a growing log together.

import type { LogPiece } from '#lib/api/log-tail.ts';

const LOG_LENGTH_MAX = 400_000;

/** Appends a piece that begins where the log ends; any other piece is a new beginning. */
export function joinLog(before: LogPiece | null, piece: LogPiece): LogPiece {
  if (!before || before.number !== piece.number || before.to !== piece.from) return piece;
  return { ...piece, from: before.from, text: (before.text + piece.text).slice(-LOG_LENGTH_MAX) };
}
