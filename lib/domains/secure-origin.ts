// The address of a domain over HTTPS, as people open it. Pure.

import type { Settings } from '../env.ts';

export function secureOrigin({ httpsPort }: Settings, name: string): string {
  return `https://${name}${httpsPort === 443 ? '' : `:${httpsPort}`}`;
}

/** Over HTTP, at the port of the app. */
export function plainOrigin({ appUrl }: Settings, name: string): string {
  const { port } = new URL(appUrl);
  return `http://${name}${port ? `:${port}` : ''}`;
}
