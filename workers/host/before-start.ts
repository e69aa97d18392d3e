// Runs before each start of the engine and of PostgreSQL, also after a crash: takes away what a killed one left and would
// keep the next from starting. Its argument is the service.

import { parseSettings } from '#lib/env.ts';
import { writeEngineConfig } from './engine.ts';
import { clusterPlace } from './instance.ts';
import { clearStaleLocks } from './postgres.ts';

const settings = parseSettings(process.env);
if (process.argv[2] === 'engine') await writeEngineConfig(settings);
else if (process.argv[2] === 'postgres') await clearStaleLocks(clusterPlace(settings));
else throw new Error(`nothing is to be done before the start of ${process.argv[2]}`);
