// The environment of what runs in the container: ours first, then the few words of the client's that only change looks.
// LD_PRELOAD, PATH, BASH_ENV and all others of the client's are dropped.

export interface Ends {
  remote: { address: string; port: number };
  local: { address: string; port: number };
}

const NAMES = /^(?:TERM|COLORTERM|LANG|LC_[A-Z]{1,24})$/;
const VARIABLES_MAX = 32;
const VALUE_BYTES_MAX = 1_024;

/** May the client set this one? `GIT_PROTOCOL` is for the gateway only and parsed there. */
export function isClientVariable(name: string, value: string): boolean {
  return NAMES.test(name) && isPlainValue(value);
}

/** Adds the variable unless there are 32 already; answers whether it is set now. */
export function addVariable(variables: Map<string, string>, name: string, value: string): boolean {
  if (variables.size >= VARIABLES_MAX && !variables.has(name)) return false;
  variables.set(name, value);
  return true;
}

/** As sshd(8) sets it for a login as root. */
export function containerEnvironment(client: ReadonlyMap<string, string>, ends: Ends): Record<string, string> {
  const { remote, local } = ends;
  return {
    ...loginEnvironment(client),
    SSH_CLIENT: `${remote.address} ${remote.port} ${local.port}`,
    SSH_CONNECTION: `${remote.address} ${remote.port} ${local.address} ${local.port}`,
  };
}

/** Of root's login, wherever it comes from. */
export function loginEnvironment(client: ReadonlyMap<string, string>): Record<string, string> {
  return {
    LANG: 'C.UTF-8',
    ...Object.fromEntries(client),
    HOME: '/root',
    USER: 'root',
    LOGNAME: 'root',
    SHELL: '/bin/bash',
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  };
}

export function isPlainValue(value: string): boolean {
  return Buffer.byteLength(value) <= VALUE_BYTES_MAX && !/\p{Cc}/u.test(value);
}
