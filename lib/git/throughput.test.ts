import { expect, test } from 'vitest';
import { createThroughput } from './throughput.ts';

test('bytes that keep coming are enough, a drip is not, and a burst is soon forgotten', () => {
  let time = 0;
  const throughput = createThroughput(() => time);
  const pass = (seconds: number, bytesPerSecond: number) => {
    for (let second = 0; second < seconds; second += 1) {
      time += 1_000;
      throughput.moved(bytesPerSecond);
    }
  };
  pass(60, 200_000);
  expect(throughput.isLow()).toBe(false);
  throughput.moved(100_000_000);
  time += 14_000;
  expect(throughput.isLow()).toBe(false);
  pass(60, 1);
  time += 1;
  expect(throughput.isLow()).toBe(true);
  throughput.moved(200_000);
  expect(throughput.isLow()).toBe(false);
});
