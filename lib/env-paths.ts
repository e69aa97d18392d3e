// Where an instance keeps things, all below its directory.

/** `run` is for sockets and pids, and is empty after a reboot's first `up`. */
export interface Paths {
  run: string;
  log: string;
  pool: string;
  mounts: string;
  runtime: string;
  engineSocket: string;
  hookSocket: string;
  gitSocket: string;
  /** Terminals of the browser. */
  terminalSocket: string;
  /** Answers the web process's questions about repositories; the proxy has no way to it. */
  historySocket: string;
  /** Of the SSH process: reads the logs of sites for the web process. */
  logsSocket: string;
  proxySocket: string;
  proxyMap: string;
  /** Hosts of earlier names, and where they lead. */
  movedMap: string;
  /** Domains of people's own, those that are visited over HTTPS, and what certificate authorities ask for. */
  domainsMap: string;
  secureMap: string;
  challengesMap: string;
  /** The proxy's certificates with their keys. */
  certificates: string;
  /** Has a file for each site that has an SSH session. */
  sshSessions: string;
  /** Of the deploy worker: answers when a site is awake. */
  wakeSocket: string;
  /** Of the keeper: takes the proxy's line about each request. */
  requestsSocket: string;
}

/** `poolDir`: a filesystem of the operator's own; null: ours. Pure. */
export function pathsOf(dataDir: string, poolDir: string | null): Paths {
  return {
    run: `${dataDir}/run`,
    log: `${dataDir}/log`,
    pool: poolDir ?? `${dataDir}/pool`,
    mounts: `${dataDir}/mounts`,
    runtime: `${dataDir}/runtime`,
    engineSocket: `${dataDir}/run/docker.sock`,
    hookSocket: `${dataDir}/run/hook/deploy.sock`,
    gitSocket: `${dataDir}/run/git.sock`,
    terminalSocket: `${dataDir}/run/terminal.sock`,
    historySocket: `${dataDir}/run/history/git.sock`,
    logsSocket: `${dataDir}/run/logs/ssh.sock`,
    proxySocket: `${dataDir}/run/haproxy.sock`,
    proxyMap: `${dataDir}/run/routes.map`,
    movedMap: `${dataDir}/run/moved.map`,
    domainsMap: `${dataDir}/run/domains.map`,
    secureMap: `${dataDir}/run/secure.map`,
    challengesMap: `${dataDir}/run/challenges.map`,
    certificates: `${dataDir}/certificates`,
    sshSessions: `${dataDir}/run/ssh-sessions`,
    wakeSocket: `${dataDir}/run/wake/deploy.sock`,
    requestsSocket: `${dataDir}/run/requests/keeper.sock`,
  };
}
