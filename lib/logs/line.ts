// A line of an app's log, from what workers/container/read-logs.py prints. All of it is the tenant's word. Pure.

import { cleanLine } from '../deploy/clean-text.ts';

export interface LogLine {
  /** The release that wrote it. */
  release: number;
  /** ISO 8601 with nine decimals; with the release it names the line. */
  at: string;
  /** Text and colours, nothing that moves a cursor. */
  text: string;
}

export type Printed = { kind: 'line'; line: LogLine } | { kind: 'left-out'; count: number } | { kind: 'now' };

const COUNTED = /^- (\d{1,9})$/;
/** s6-log's T: "2026-08-01 12:00:00.123456789  " in front of each line. */
const LINE = /^(\d{1,7}) (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{9}) {2}(.*)$/s;

/** Null: it is none of these. */
export function parsePrinted(raw: string): Printed | null {
  if (raw === '=') return { kind: 'now' };
  const count = COUNTED.exec(raw)?.[1];
  if (count) return { kind: 'left-out', count: Number(count) };
  const [, release = '', day = '', time = '', text = ''] = LINE.exec(raw) ?? [];
  if (release === '') return null;
  return { kind: 'line', line: { release: Number(release), at: `${day}T${time}Z`, text: cleanLine(text) } };
}
