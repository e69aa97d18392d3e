// What a command of the console is: a row of data with the work that it names. `help` is made of these rows.

import type { Readable } from 'node:stream';
import type { Db } from '#lib/db/client.ts';
import type { Settings } from '#lib/env.ts';
import type { LogLine } from '#lib/logs/line.ts';
import type { CredentialDeps } from '../credentials.ts';
import type { Identity } from '../door.ts';
import type { Account, DoorSite } from '../sites.ts';
import type { Arguments, Option } from './arguments.ts';

export interface LogsRequest {
  count: number;
  follow: boolean;
  say: (text: string) => void;
  /** The client does not take what it is sent as fast as it comes. */
  isBehind: () => boolean;
  over: AbortSignal;
}

export interface ConsoleDeps extends CredentialDeps {
  db: Db;
  settings: Settings;
  addressOf: (siteName: string) => string;
  /** Answers with the sentence to show. Throws AppError. */
  requestRollback: (site: Pick<DoorSite, 'id' | 'name'>, by: string, over: AbortSignal) => Promise<string>;
  /** Says the newest lines of the site's log, and goes on until `over` when it is to follow. Throws AppError. */
  showLogs: (site: DoorSite, request: LogsRequest) => Promise<void>;
  /** The newest lines as data. Throws AppError. */
  readLogLines: (siteId: string, count: number) => Promise<LogLine[]>;
}

export interface ConsoleStreams {
  stdin: Readable;
  say: (text: string) => void;
  isTerminal: boolean;
  isBehind: () => boolean;
  over: AbortSignal;
}

export interface Call {
  deps: ConsoleDeps;
  identity: Identity;
  /** Whose key it is that came in; more than one when several gave the same. */
  accounts: Account[];
  /** The client's address as the launch limits count it. */
  address: string;
  command: Command;
  arguments: Arguments;
  isJson: boolean;
  streams: ConsoleStreams;
}

/** `text` for people, `json` for `--json`; null: the command has said everything as it went. */
export interface Answer {
  text: string;
  json: unknown;
}

export interface Command {
  name: string;
  /** What follows the name, such as `NAME [-n N]`. */
  takes: string;
  summary: string;
  /** Lines of `help COMMAND`. */
  more?: string[];
  options?: Option[];
  /** Words that may follow the site's name, such as `set`. */
  verbs?: string[];
  run: (call: Call) => Promise<Answer | null>;
}

export function usageOf({ name, takes }: Command): string {
  return `Usage: ${[name, takes].filter(Boolean).join(' ')}`;
}
