// Which repositories are due for a collection of their garbage. Pure.

export interface RepositoryTimes {
  siteId: string;
  repository: string;
  /** Milliseconds since 1970. A repository changes with each push, and with each collection. */
  madeAt: number;
  changedAt: number;
}

export interface Collection {
  triedAt: number;
  /** The repository has no garbage from before this time. */
  cleanAt: number;
}

const MINUTE = 60_000;
const EVERY_MS = 60 * MINUTE;
/** Nobody pushes to it at the moment. */
const QUIET_MS = MINUTE;
/** The starter is written within this time, and leaves no garbage. */
const MAKING_MS = 10_000;
const AT_A_TIME = 10;

/** Those that were pushed to since they were clean, each tried at most once an hour; the longest quiet first. */
export function planCollecting(
  repositories: RepositoryTimes[],
  collections: ReadonlyMap<string, Collection>,
  now: number,
): RepositoryTimes[] {
  return repositories
    .filter((repository) => {
      const last = collections.get(repository.siteId);
      const isQuiet = now - repository.changedAt >= QUIET_MS;
      const isTurn = !last || now - last.triedAt >= EVERY_MS;
      return isQuiet && isTurn && repository.changedAt > (last?.cleanAt ?? cleanAfterMaking(repository));
    })
    .toSorted((a, b) => a.changedAt - b.changedAt)
    .slice(0, AT_A_TIME);
}

/** What to remember of a collection. One that failed leaves the repository as clean as it was. */
export function recordCollection(
  repository: RepositoryTimes,
  last: Collection | undefined,
  outcome: { isDone: boolean; at: number },
): Collection {
  const cleanAt = outcome.isDone ? outcome.at : (last?.cleanAt ?? cleanAfterMaking(repository));
  return { triedAt: outcome.at, cleanAt };
}

function cleanAfterMaking({ madeAt }: RepositoryTimes): number {
  return madeAt + MAKING_MS;
}
