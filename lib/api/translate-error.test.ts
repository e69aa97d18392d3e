import { describe, expect, it, vi } from 'vitest';
import { AppError } from '../errors/app-error.ts';
import { translateError } from './translate-error.ts';

const silentLog = () => ({ debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() });

describe('translateError', () => {
  it('shows the words of an AppError with its status', () => {
    const error = new AppError('name-taken', { message: 'The name "x" is taken.', hint: 'Choose another.' });
    expect(translateError(error, silentLog(), 'POST /api/sites')).toEqual({
      status: 409,
      headers: {},
      body: { error: { code: 'name-taken', message: 'The name "x" is taken.', hint: 'Choose another.' } },
    });
  });

  it('says when to come back where trying again can help', () => {
    const details = { retryAfterSeconds: 12.3 };
    const error = new AppError('too-many-requests', { message: 'm', hint: 'h', details });
    expect(translateError(error, silentLog(), '').headers).toEqual({ 'retry-after': '13' });
  });

  it('tells nothing of any other error but an id, which the log has too', () => {
    const log = silentLog();
    const answer = translateError(new Error('password=hunter2 at /root/secret'), log, 'GET /x');
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer)).not.toMatch(/hunter2|secret/);
    const logged = log.error.mock.calls[0]?.[0] as { id: string; cause: string };
    expect(answer.body.error.hint).toContain(logged.id);
    expect(logged.cause).toContain('hunter2');
  });

  it('says of a database that is away that it passes', () => {
    const error = new Error('connect ENOENT /somewhere/.s.PGSQL.5432');
    const answer = translateError(error, silentLog(), 'GET /x');
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '30' } });
    expect(answer.body.error).toMatchObject({ code: 'database-away', hint: expect.stringContaining('Try again') });
    expect(JSON.stringify(answer)).not.toContain('PGSQL');
  });

  it('survives what is no error at all', () => {
    expect(translateError(undefined, silentLog(), '').status).toBe(500);
  });
});
