// Where a local port forwarding may lead: into the container itself, and nowhere else. The way in is a process in the
// container, so that the connection starts in its network and never on the host.

const PORT_MAX = 65_535;
/** How long the other direction stays open after one side has said its last; a closed channel ends it at once. */
const HALF_CLOSED_SECONDS = '600';

/** The command that connects its input and output to the port, or null when the target is not the container. */
export function planForward(target: { host: string; port: number }, ownNames: readonly string[]): string[] | null {
  const { host, port } = target;
  if (!Number.isInteger(port) || port < 1 || port > PORT_MAX) return null;
  const name = host.toLowerCase().replace(/\.$/, '');
  if (name === '::1' || name === '[::1]') return socat(`TCP6:[::1]:${port}`);
  if (['localhost', '127.0.0.1', ...ownNames].includes(name)) return socat(`TCP4:127.0.0.1:${port}`);
  return null;
}

function socat(address: string): string[] {
  return ['/usr/bin/socat', '-t', HALF_CLOSED_SECONDS, '-', address];
}
