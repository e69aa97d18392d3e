// All names and labels of what the engine makes. Listing, adopting and removing go by these labels alone.

export const LABEL = {
  instance: 'lightkeeper.instance',
  site: 'lightkeeper.site',
  generation: 'lightkeeper.generation',
} as const;

export function containerName(instance: string, siteId: string): string {
  return `${instance}-${siteId}`;
}
