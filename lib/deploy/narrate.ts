// Turns the events of a release into the log's lines. Quick steps without output stay silent.

import { formatDuration } from './lines.ts';
import type { DeploymentLog } from './log.ts';
import type { ReleaseReport } from './release.ts';

const HEADINGS = { install: 'Installing dependencies', build: 'Building', check: 'Checking the files' } as const;
/** s6-log's T: "2026-08-01 12:00:00.123456789  " in front of each line of the app. */
const TIMESTAMP = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{9} {2}/;

/** What `finish` adds to the app's own log: here the event says it. */
const SUPERVISOR = 'lightkeeper: the web process ';

/** Of the app's lines while it is not known whether its start is worth a story. */
const HELD_LINES_MAX = 500;
const HOLD_MS = 1_000;

export interface Narrator extends ReleaseReport {
  /** The new process is well: what it printed on its way stays in its own log. */
  hush(): void;
  /** It is not: shows what it printed. */
  reveal(): void;
}

/** A start within a second is told in one line; a longer or failed one shows what the app prints. */
export function createNarrator(log: DeploymentLog, now: () => number = () => performance.now()): Narrator {
  let stepSince = now();
  let app: 'absent' | 'held' | 'shown' | 'hushed' = 'absent';
  let held: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  /** Said only if something is printed below it. */
  let heading: string | null = null;

  const print = (line: string) => {
    if (heading) log.say(heading);
    heading = null;
    log.output(line);
  };
  const reveal = () => {
    clearTimeout(timer);
    if (app === 'held') app = 'shown';
    for (const line of held) print(line);
    held = [];
  };

  return {
    event(event) {
      switch (event.kind) {
        case 'step':
          stepSince = now();
          heading = null;
          if (event.name === 'check') heading = HEADINGS.check;
          else log.say(HEADINGS[event.name]);
          break;
        case 'done':
          heading = null;
          if (event.name === 'install')
            log.add(`done in ${formatDuration(now() - stepSince)}, kept for the next pushes`);
          if (event.name === 'build') log.add(`done in ${formatDuration(now() - stepSince)}`);
          break;
        case 'cached':
          log.say('Dependencies are unchanged since an earlier release');
          break;
        case 'started':
          app = 'held';
          heading = 'Starting';
          timer = setTimeout(reveal, HOLD_MS);
          break;
        default:
      }
    },
    line(raw) {
      if (app === 'absent') return print(raw);
      const line = raw.replace(TIMESTAMP, '');
      if (app === 'hushed' || line.startsWith(SUPERVISOR)) return;
      if (app === 'shown') return print(line);
      held.push(line);
      if (held.length > HELD_LINES_MAX) held.shift();
    },
    hush() {
      clearTimeout(timer);
      app = 'hushed';
      held = [];
    },
    reveal,
  };
}
