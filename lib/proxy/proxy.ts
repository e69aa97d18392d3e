// What the product needs of its proxy: a map from host name to where the site answers, changed without a reload.

export interface Target {
  address: string;
  port: number;
}

/** Where a host leads whose site does not run at the moment: its visitors are told so. */
export const AWAY: Target = { address: '0.0.0.0', port: 0 };

/** Where a host leads whose site sleeps: the proxy has it woken, and then sends the request to where it answers. */
export const ASLEEP: Target = { address: '0.0.0.0', port: 1 };

/** Where a host leads whose site is stopped until somebody starts it again: its visitors are told so. */
export const HELD: Target = { address: '0.0.0.0', port: 2 };

/** None of these is an address that a container could have. */
export function leadsNowhere({ address }: Target): boolean {
  return address === AWAY.address;
}

export interface Proxy {
  /** In effect for the next request when this returns. */
  setRoute(host: string, target: Target): Promise<void>;
  removeRoute(host: string): Promise<void>;
  routes(): Promise<Map<string, Target>>;
}
