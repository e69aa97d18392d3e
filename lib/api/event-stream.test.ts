import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openEventStream } from './event-stream.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const textOf = (value: Uint8Array | undefined) => new TextDecoder().decode(value);

describe('an event stream', () => {
  it('writes events that a line break in the data cannot forge', async () => {
    const stream = openEventStream(new AbortController().signal);
    const reader = stream.response.body?.getReader();
    await reader?.read();
    stream.send('log', { text: 'a\n\nevent: site\ndata: {}' });
    expect(textOf((await reader?.read())?.value)).toBe(
      'event: log\ndata: {"text":"a\\n\\nevent: site\\ndata: {}"}\n\n',
    );
    stream.close();
  });

  it('drops a reader that does not keep up', () => {
    const stream = openEventStream(new AbortController().signal);
    for (let part = 0; part < 12; part += 1) stream.send('log', 'x'.repeat(100_000));
    expect(stream.closed.aborted).toBe(true);
  });

  it('sends a heartbeat, and none after it is closed', async () => {
    const stream = openEventStream(new AbortController().signal);
    const reader = stream.response.body?.getReader();
    await reader?.read();
    vi.advanceTimersByTime(15_000);
    expect(textOf((await reader?.read())?.value)).toMatch(/^:/);
    stream.close();
    vi.advanceTimersByTime(60_000);
    expect((await reader?.read())?.done).toBe(true);
  });

  it('closes when the request ends or the reader cancels', async () => {
    const request = new AbortController();
    const first = openEventStream(request.signal);
    request.abort();
    expect(first.closed.aborted).toBe(true);
    const second = openEventStream(new AbortController().signal);
    await second.response.body?.cancel();
    expect(second.closed.aborted).toBe(true);
  });
});
