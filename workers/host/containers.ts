// Stops the instance's containers when everything goes down. They are kept: `up` starts them again.

import type { Settings } from '#lib/env.ts';
import { createLog } from '#lib/log.ts';
import { openEngine } from '../machine.ts';
import { engineAnswers } from './answers.ts';

const GRACE_SECONDS = 5;

export async function stopContainers(settings: Settings): Promise<void> {
  if (!(await engineAnswers(settings))) return;
  const engine = openEngine(settings, createLog('down'));
  const containers = await engine.list();
  await Promise.all(containers.map(({ siteId }) => engine.stop(siteId, GRACE_SECONDS)));
}
