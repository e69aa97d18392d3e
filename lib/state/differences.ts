// Everything that is not as the rows want it: what is missing, what nobody wants, and what is still under way. Nothing
// means that wish and machine agree. Pure.

import type { Settings } from '../env.ts';
import type { Actual } from './actual.ts';
import type { Difference } from './difference.ts';
import { containerDifferences, diskDifferences, limitDifferences, mountDifferences } from './machine-differences.ts';
import type { Wanted } from './wanted.ts';
import { doorDifferences, routeDifferences, workDifferences } from './way-differences.ts';

export function differencesOf(wanted: Wanted, actual: Actual, settings: Settings, now: Date): Difference[] {
  return [
    ...workDifferences(wanted),
    ...containerDifferences(wanted, actual, now),
    ...diskDifferences(wanted, actual),
    ...mountDifferences(wanted, actual, settings.paths),
    ...limitDifferences(wanted, actual),
    ...routeDifferences(wanted, actual, settings),
    ...doorDifferences(wanted, actual),
  ];
}
