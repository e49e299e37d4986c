import { expect, test } from 'vitest';
import { constant, cosineDecay, exponential, oneCycle, type Schedule, stepDecay } from './schedule';

/** Of every step of a run. */
const ratesOf = (schedule: Schedule, epochs: number, stepsAnEpoch: number) =>
  Array.from({ length: epochs * stepsAnEpoch }, (_, done) => schedule(done / (epochs * stepsAnEpoch)).lr);

test('step decay divides by ten every 30 of 120 epochs, and scaled to the epochs of the run', () => {
  const rates = [1, 30, 31, 60, 61, 90, 91, 120].map((epoch) => stepDecay(120, 4)((epoch - 1) / 120).lr);
  [1, 1, 0.1, 0.1, 0.01, 0.01, 0.001, 0.001].forEach((rate, i) => expect(rates[i]).toBeCloseTo(rate, 12));
  const short = [1, 2, 3, 4].map((epoch) => stepDecay(4, 4)((epoch - 1) / 4).lr);
  [1, 0.1, 0.01, 0.001].forEach((rate, i) => expect(short[i]).toBeCloseTo(rate, 12));
});

test.each([1, 3, 5, 7, 10, 49, 90])('in %i epochs step decay falls between two of them, never within one', (epochs) => {
  const stepsAnEpoch = 267;
  const rates = ratesOf(stepDecay(epochs, 4), epochs, stepsAnEpoch);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const own = new Set(rates.slice((epoch - 1) * stepsAnEpoch, epoch * stepsAnEpoch));
    expect([...own]).toEqual([0.1 ** Math.floor((4 * (epoch - 1)) / epochs)]);
  }
});

test('without a schedule the learning rate stays', () => {
  expect(ratesOf(constant, 1, 3)).toEqual([1, 1, 1]);
});

test('a cosine falls to nothing, after a warm-up from a hundredth', () => {
  const schedule = cosineDecay(0.2);
  const rates = [0, 0.1, 0.2, 0.4, 0.6, 0.8, 1].map((progress) => schedule(progress).lr);
  const expected = [0.01, 0.505, 1, (1 + Math.SQRT1_2) / 2, 0.5, (1 - Math.SQRT1_2) / 2, 0];
  rates.forEach((rate, i) => expect(rate).toBeCloseTo(expected[i]!, 12));
  expect(cosineDecay(0)(0).lr).toBe(1);
});

test('one cycle gives fastai’s learning rates and momenta, frozen and unfrozen', () => {
  const frozen = oneCycle({ rising: 0.99, div: 25 });
  const whole = oneCycle({ rising: 0.3, div: 5 });
  const lrOf = (schedule: Schedule, highest: number, progress: number) => highest * schedule(progress).lr;
  expect(lrOf(frozen, 2e-3, 0)).toBeCloseTo(8e-5, 12);
  expect(lrOf(frozen, 2e-3, 0.5)).toBeCloseTo(1.055231e-3, 9);
  expect(lrOf(frozen, 2e-3, 0.99)).toBeCloseTo(2e-3, 12);
  expect(lrOf(frozen, 2e-3, 0.995)).toBeCloseTo(1.00001e-3, 9);
  expect(lrOf(frozen, 2e-3, 1)).toBeCloseTo(2e-8, 14);
  expect(frozen(0.5).momentum).toBeCloseTo(0.8992067, 7);
  expect(frozen(0.995).momentum).toBeCloseTo(0.9, 9);
  expect(lrOf(whole, 1e-3, 0)).toBeCloseTo(2e-4, 12);
  expect(lrOf(whole, 1e-3, 0.1)).toBeCloseTo(4e-4, 12);
  expect(lrOf(whole, 1e-3, 0.5)).toBeCloseTo(8.117468e-4, 10);
  expect(lrOf(whole, 1e-3, 0.75)).toBeCloseTo(2.830653e-4, 10);
  expect(lrOf(whole, 1e-3, 1)).toBeCloseTo(1e-8, 14);
  expect(whole(0).momentum).toBeCloseTo(0.95, 12);
  expect(whole(0.1).momentum).toBeCloseTo(0.925, 9);
  expect(whole(0.3).momentum).toBeCloseTo(0.85, 12);
  expect(whole(0.5).momentum).toBeCloseTo(0.8688255, 7);
});

test('a search grows by equal factors from one rate to another', () => {
  const rates = [0, 0.25, 0.5, 1].map((progress) => exponential(1e-7, 10)(progress).lr);
  [1e-7, 1e-5, 1e-3, 10].forEach((rate, i) => expect(rates[i]! / rate).toBeCloseTo(1, 12));
});
