import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { AppError } from './app-error.ts';
import { CATALOGUE, type ErrorCode } from './catalogue.ts';

const root = path.resolve(import.meta.dirname, '../..');
const sources = ['app', 'lib', 'workers'].flatMap((dir) =>
  readdirSync(path.join(root, dir), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.includes('generated') && !/\.test\./.test(file))
    .map((file) => readFileSync(path.join(root, dir, file), 'utf8')),
);

test.each(Object.keys(CATALOGUE) as ErrorCode[])('%s is used: the catalogue has no dead entry', (code) => {
  const text = sources.filter((source) => source.includes(`'${code}'`));
  expect(text.length).toBeGreaterThan(1);
});

test('an error carries its status and whether trying again can help', () => {
  const error = new AppError('host-full', { message: 'Full.', hint: 'Later.' });
  expect(error).toMatchObject({ httpStatus: 503, retryable: true, hint: 'Later.', message: 'Full.' });
});
