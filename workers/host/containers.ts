// Stops the instance's containers when everything goes down. They are kept: `up` starts them again.

import type { Settings } from '#lib/env.ts';
import { createLog } from '#lib/log.ts';
import { openEngine } from '../machine.ts';
import { engineAnswers } from './answers.ts';

const GRACE_SECONDS = 5;
/** An engine that is asked to stop hundreds at once answers none of them in time. */
const AT_A_TIME = 16;

export async function stopContainers(settings: Settings): Promise<void> {
  if (!(await engineAnswers(settings))) return;
  const engine = openEngine(settings, createLog('down'));
  const left = (await engine.list()).map(({ siteId }) => siteId);
  const stopOthers = async () => {
    for (let siteId = left.pop(); siteId; siteId = left.pop()) await engine.stop(siteId, GRACE_SECONDS);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, stopOthers));
}
