// How a site is reached, from the settings: the one place that puts names, hosts and ports together.

import type { Settings } from '../env.ts';

/** The host name the proxy routes by, without a port. */
export function siteHost(settings: Settings, name: string): string {
  return `${name}.${settings.sitesDomain}`;
}

/** The site's address as people open it. */
export function siteUrl(settings: Settings, name: string): string {
  const app = new URL(settings.appUrl);
  return `${app.protocol}//${siteHost(settings, name)}${app.port ? `:${app.port}` : ''}`;
}

/** The host for SSH: the one the app is on. */
export function sshHost(settings: Settings): string {
  return new URL(settings.appUrl).hostname;
}

/** The console for people, who then name a command. */
export function consoleCommand(settings: Settings, command: string): string {
  return `ssh -p ${settings.sshGatewayPort} ${sshHost(settings)} ${command}`;
}

/** The git remote over HTTP; with a token, ready to clone without a question. */
export function gitHttpUrl(settings: Settings, name: string, token: string | null): string {
  const app = new URL(settings.appUrl);
  return `${app.protocol}//${token ? `${name}:${token}@` : ''}${app.host}/${name}.git`;
}

/** The git remote over SSH, through the gateway port. */
export function gitSshUrl(settings: Settings, name: string): string {
  return `ssh://${name}@${sshHost(settings)}:${settings.sshGatewayPort}/${name}.git`;
}
