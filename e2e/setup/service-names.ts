/** What s6 supervises, by the name of its directory. */
export const SERVICES = ['deploy', 'keeper', 'git-http', 'ssh', 'web', 'postgres', 'engine', 'haproxy'] as const;
