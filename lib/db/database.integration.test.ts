import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { seedPlans } from '../../prisma/seed.ts';
import { migrate, schemaSql } from './migrate.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('migrations are applied once', async () => {
  expect(await migrate(database.url)).toEqual([]);
});

test('a migration whose process was killed in the middle is done by the next one', async () => {
  const name = `killed_${randomBytes(4).toString('hex')}`;
  const url = new URL(database.url);
  url.pathname = `/${name}`;
  await query(database.url, `create database ${name}`);
  try {
    const names = await migrate(url.href);
    expect(names).not.toEqual([]);
    const rows = await query(url.href, 'select checksum, applied_steps_count from _prisma_migrations');
    expect(rows).toEqual(await query(database.url, 'select checksum, applied_steps_count from _prisma_migrations'));

    // As a kill before the commit leaves it: the engine has written the row, and the script changed nothing.
    await query(url.href, 'create schema kept; alter table _prisma_migrations set schema kept');
    await query(url.href, 'drop schema public cascade; create schema public');
    await query(url.href, 'alter table kept._prisma_migrations set schema public');
    await query(url.href, 'update _prisma_migrations set finished_at = null, applied_steps_count = 0');
    expect(await migrate(url.href)).toEqual(names);
    expect(await describeTables(url.href)).toEqual(await describeTables(database.url));
    expect(await migrate(url.href)).toEqual([]);
  } finally {
    await query(database.url, `drop database ${name} with (force)`);
  }
});

test('the migrations make what the schema says', async () => {
  const name = `fresh_${randomBytes(4).toString('hex')}`;
  const fresh = new URL(inject('databaseUrl'));
  await query(database.url, `create database ${name}`);
  fresh.pathname = `/${name}`;
  try {
    await query(fresh.href, await schemaSql(fresh.href));
    expect(await describeTables(database.url)).toEqual(await describeTables(fresh.href));
  } finally {
    await query(database.url, `drop database ${name} with (force)`);
  }
});

test('a plan that an operator changed survives the seed', async () => {
  await seedPlans(database.db);
  await database.db.plan.update({ where: { name: 'guest' }, data: { pidsMax: 77 } });
  await seedPlans(database.db);
  expect(await database.db.plan.findUnique({ where: { name: 'guest' } })).toMatchObject({ pidsMax: 77 });
});

async function describeTables(url: string) {
  const columns = await query(
    url,
    `select table_name, column_name, data_type, is_nullable, column_default from information_schema.columns
     where table_schema = 'public' and table_name <> '_prisma_migrations' order by 1, 2`,
  );
  const indexes = await query(
    url,
    `select indexdef from pg_indexes where schemaname = 'public' and tablename <> '_prisma_migrations' order by 1`,
  );
  return { columns, indexes };
}

async function query(url: string, sql: string) {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test.each([`update "AuditEntry" set action = 'nothing'`, 'delete from "AuditEntry"', 'truncate "AuditEntry"'])(
  'a row of the audit log cannot be changed or deleted: %s',
  async (statement) => {
    await database.db.auditEntry.create({
      data: { actorRole: 'admin', action: 'site.delete', subject: 'calm-reef-7' },
    });
    await expect(query(database.url, statement)).rejects.toThrow('never changed or deleted');
  },
);
