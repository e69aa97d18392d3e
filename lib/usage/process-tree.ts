// Which of a container's processes are its supervised app and its logs, from what the kernel says of each (proc(5),
// /proc/PID/stat). A process names itself as it likes, so this may be wrong about a tenant who lies; about him alone.

export interface Process {
  pid: number;
  name: string;
  parent: number;
  /** Clock ticks since the machine's start: with the pid, a process for ever. */
  startedAt: number;
}

export interface SupervisedApp {
  supervisor: Process;
  /** Null between an end and the next start. */
  process: Process | null;
}

export interface Services {
  /** The oldest one: during a switch that is what was live before. */
  app: SupervisedApp | null;
  /** The pids of what keeps the logs. */
  loggers: number[];
}

const SCANNER = 's6-svscan';
const SUPERVISOR = 's6-supervise';
const LOGGER = 's6-log';
/** What s6 runs after each end of the service. */
const FINISH = 'finish';
/** A service's start script, which becomes the service. */
const START = 'run';

/** Reads /proc/PID/stat; null: it is not of the kernel's form. The name may hold anything, brackets and spaces too. */
export function parseStat(text: string): Process | null {
  const from = text.indexOf(' (');
  const to = text.lastIndexOf(') ');
  if (from < 1 || to < from) return null;
  // After the name: state, parent, …, and the start as the 20th.
  const fields = text.slice(to + 2).split(' ');
  const [pid, parent, startedAt] = [text.slice(0, from), fields[1], fields[19]].map(toCount);
  if (pid == null || parent == null || startedAt == null) return null;
  return { pid, parent, startedAt, name: text.slice(from + 2, to) };
}

/** What a process has read since its start, in bytes, pipes included: `rchar` of /proc/PID/io. */
export function parseBytesRead(text: string): number | null {
  return toCount(/^rchar: (\d+)$/m.exec(text)?.[1]);
}

/** A process that is still on its way to be something else: look at it again. */
export function isPassing({ name }: Process, parent: Process | undefined): boolean {
  return parent?.name === SUPERVISOR && (name === START || name === SUPERVISOR);
}

/** Finds app and logs below s6-svscan. Pure. */
export function findServices(processes: ReadonlyMap<number, Process>): Services {
  const all = [...processes.values()];
  const isNamed = (pid: number, name: string) => processes.get(pid)?.name === name;
  const supervisors = all.filter(({ name, parent }) => name === SUPERVISOR && isNamed(parent, SCANNER));
  const services = supervisors.map((supervisor) => ({ supervisor, process: childOf(supervisor, all) }));
  const isLogger = ({ process }: SupervisedApp) => process?.name === LOGGER;
  const apps = services.filter((service) => !isLogger(service));
  return {
    app:
      apps.sort((a, b) => order(a.supervisor) - order(b.supervisor) || a.supervisor.pid - b.supervisor.pid)[0] ?? null,
    loggers: services.filter(isLogger).flatMap(({ process }) => (process ? [process.pid] : [])),
  };
}

function childOf({ pid }: Process, all: Process[]): Process | null {
  return all.find(({ parent, name }) => parent === pid && name !== FINISH && name !== SUPERVISOR) ?? null;
}

function order({ startedAt }: Process): number {
  return startedAt;
}

function toCount(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
