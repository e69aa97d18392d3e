// Applies prisma/migrations. Prisma's command line downloads a binary for this; the same engine as WebAssembly comes
// from npm, so the migrations stay standard (`_prisma_migrations`) and need no download.

import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm';
import { Pool } from 'pg';
import { settleMigrations, withNote } from './migration-state.ts';

const PRISMA_DIR = path.resolve(import.meta.dirname, '../../prisma');
const NO_FILTERS = { externalTables: [], externalEnums: [] };

/**
 * Brings the database up to the newest migration; answers the names of those applied now. Safe to repeat, also after a
 * kill in the middle.
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const done = await settleMigrations(databaseUrl);
  const { engine, close } = await openSchemaEngine(databaseUrl);
  try {
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: await readMigrations(done),
      filters: NO_FILTERS,
    });
    return appliedMigrationNames;
  } finally {
    await close();
  }
}

/** The SQL that makes an empty database into what the schema says: to write a migration, and to test for drift. */
export async function schemaSql(databaseUrl: string): Promise<string> {
  const { engine, close } = await openSchemaEngine(databaseUrl);
  try {
    const file = path.join(PRISMA_DIR, 'schema.prisma');
    const { stdout } = await engine.diff({
      from: { tag: 'empty' },
      to: { tag: 'schemaDatamodel', files: [{ path: file, content: await readFile(file, 'utf8') }] },
      script: true,
      exitCode: null,
      filters: NO_FILTERS,
    });
    return (stdout ?? '').trim();
  } finally {
    await close();
  }
}

async function openSchemaEngine(databaseUrl: string): Promise<{ engine: SchemaEngine; close(): Promise<void> }> {
  loading ??= loadSchemaEngine();
  const { SchemaEngine } = await loading;
  const schema = path.join(PRISMA_DIR, 'schema.prisma');
  const pool = new Pool({ connectionString: databaseUrl, max: 2 });
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg(pool));
  const datamodels: [string, string][] = [[schema, await readFile(schema, 'utf8')]];
  const engine = await SchemaEngine.new({ datamodels }, () => {}, adapter);
  return {
    engine,
    async close() {
      engine.free();
      await pool.end();
    },
  };
}

let loading: ReturnType<typeof loadSchemaEngine> | null = null;

/** The package's own entry imports its .wasm file as a module, which Node does not do: instantiate by hand, once. */
async function loadSchemaEngine() {
  const require = createRequire(import.meta.url);
  const glue = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const dir = path.dirname(require.resolve('@prisma/schema-engine-wasm'));
  const bytes = await readFile(path.join(dir, 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': glue });
  const exports = instance.exports as { __wbindgen_start(): void };
  glue.__wbg_set_wasm(exports);
  exports.__wbindgen_start();
  return glue;
}

async function readMigrations(done: ReadonlySet<string>): Promise<MigrationList> {
  const baseDir = path.join(PRISMA_DIR, 'migrations');
  const entries = await readdir(baseDir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return {
    baseDir,
    lockfile: {
      path: 'migration_lock.toml',
      content: await readFile(path.join(baseDir, 'migration_lock.toml'), 'utf8'),
    },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.sort().map(async (name) => {
        const script = await readFile(path.join(baseDir, name, 'migration.sql'), 'utf8');
        const value = done.has(name) ? script : withNote(name, script);
        return { path: name, migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value } } };
      }),
    ),
  };
}
