// How far back charts go.

export const RANGES = ['1h', '24h', '7d', '30d', '90d'] as const;
export type Range = (typeof RANGES)[number];

const HOUR = 3_600;

export const RANGE_SECONDS: Record<Range, number> = {
  '1h': HOUR,
  '24h': 24 * HOUR,
  '7d': 7 * 24 * HOUR,
  '30d': 30 * 24 * HOUR,
  '90d': 90 * 24 * HOUR,
};
