// The pages of a site, in the order of its navigation.

import type { Access } from '#lib/sites/access.ts';

export interface Tab {
  /** Below /sites/NAME; the overview has none. */
  place: string;
  label: string;
  need: Access;
  /** It leads into the site: for those alone who share it. */
  isInside?: true;
}

export const TABS: Tab[] = [
  { place: '', label: 'Overview', need: 'view' },
  { place: 'deployments', label: 'Deployments', need: 'view' },
  { place: 'logs', label: 'Logs', need: 'develop' },
  { place: 'metrics', label: 'Metrics', need: 'view' },
  { place: 'terminal', label: 'Terminal', need: 'develop', isInside: true },
  { place: 'files', label: 'Files', need: 'view' },
  { place: 'environment', label: 'Environment', need: 'develop' },
  { place: 'domains', label: 'Domains', need: 'view' },
  { place: 'checkpoints', label: 'Checkpoints', need: 'view' },
  { place: 'sharing', label: 'Sharing', need: 'own' },
  { place: 'settings', label: 'Settings', need: 'view' },
];
