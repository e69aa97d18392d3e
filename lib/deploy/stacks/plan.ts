// What a stack says about a source tree: how it is installed, built, checked and started. Plain data; nothing here runs
// anything, and nothing here knows a release's number or port.

/** An argument array. $PORT, $DEPS and $TOOLS in a word stand for the port, the dependencies' folder and our scripts. */
export type Step = readonly string[];

/** A Procfile's line or an npm script is the tenant's own shell text and runs as such, inside the container only. */
export type Start = { argv: Step } | { line: string };

export interface Dependencies {
  /** Names the folder that releases with the same needs share. */
  key: string;
  /** False: the folder points into its release, so no other release may use it. */
  shared: boolean;
  install: Step[];
  /** `environment`: a virtual environment, first on the PATH. Otherwise how the release gets its node_modules. */
  mount: 'environment' | 'symlink' | 'hardlinks';
}

export interface BuildPlan {
  stack: 'python' | 'node' | 'static';
  /** For the log's first line: "Python, gunicorn for app:app". */
  title: string;
  /** What the user should know, one sentence each. */
  notes: string[];
  /** Null: nothing to install, or the build does it. */
  dependencies: Dependencies | null;
  build: Step[];
  check: Step[];
  start: Start;
}

export interface TreeFile {
  path: string;
  sizeBytes: number;
  /** As git writes it: 100644, 100755 or 120000 (a link). */
  mode: string;
  /** Git's name of the content: equal when the content is. */
  id: string;
}

/** A commit's files, and the text of those that stacks read. */
export interface SourceTree {
  files: readonly TreeFile[];
  texts: ReadonlyMap<string, string>;
}

export type Stack = (tree: SourceTree, base: string) => BuildPlan | null;
