/**
 * `npm run bench -- method [--train-size 40] [--epochs 8] [--seeds 3]`: FixRes on the sample, whose leaves are drawn at
 * known sizes, trained for real with several seeds. Does the sweep's best size lie where apparent size predicts, and does
 * fine-tuning at that size lose accuracy? Prints JSON; three quarters of an hour on a processor.
 */
import { parseArgs } from 'node:util';
import { wilsonInterval } from '../engine/analysis/wilson';
import { SWEEP_FIELDS } from '../engine/experiments/sweep/meta';
import { browserEngine } from '../cli/browserEngine';
import { attempt, openStudio, type StudioPage } from '../cli/studioPage';
import { watchRun } from '../cli/watchRun';
import { head } from './report';
import { meanInterval, significant } from './statistics';

const USAGE = 'Usage: npm run bench -- method [--train-size 40] [--epochs 8] [--tune-epochs 2] [--seeds 3]';
/** Test sizes beside the train size: steps of a sixth, a third and more. */
const SIZES = [2 / 3, 5 / 6, 1, 7 / 6, 4 / 3, 5 / 3, 2];

interface Options {
  trainSize: number;
  epochs: number;
  tuneEpochs: number;
  seeds: number;
}

interface SeedResult {
  seed: number;
  points: { size: number; correct: number; count: number; loss: number }[];
  tuned: { size: number; correct: number; count: number };
}

export async function main(args: readonly string[]): Promise<number> {
  const options = parse(args);
  if (!options) {
    console.error(USAGE);
    return 2;
  }
  const studioPage = await openStudio();
  try {
    const { studio } = studioPage;
    await attempt(
      studioPage,
      studio.evaluate((s) => s.openSample()),
    );
    const { trainSize, epochs, tuneEpochs, seeds } = options;
    const { min } = SWEEP_FIELDS.sweepSizes;
    const sweepSizes = SIZES.map((factor) => Math.round((factor * trainSize) / 2) * 2).filter((size) => size >= min);
    const views = { evalResize: Math.floor(1.25 * trainSize), evalCrop: trainSize, resizeRatio: 1.25, sweepSizes };
    const config = { arch: 'resnet18', batchSize: 16, trainSize, epochs, tuneEpochs, tuneSize: 0, ...views };
    await studio.evaluate((s, settings) => s.setConfig(settings), config);
    const apparent = await studio.evaluate(async (s) => {
      const { views } = await s.apparentSizes({ config: s.store.getState().config });
      return views.slice(1).map(({ crop, apparent: { mean } }) => ({ size: crop, mean }));
    });
    const results: SeedResult[] = [];
    for (let seed = 1; seed <= seeds; seed++) {
      const result = await runSeed(studioPage, seed);
      results.push(result);
      console.error(JSON.stringify(result));
    }
    console.log(
      JSON.stringify(
        { ...head('method', args, studioPage.adapter), ...options, ...summarise(apparent, results) },
        null,
        2,
      ),
    );
    return 0;
  } finally {
    await studioPage.close();
  }
}

async function runSeed(studioPage: StudioPage, seed: number): Promise<SeedResult> {
  const { studio } = studioPage;
  await studio.evaluate((s, value) => s.setConfig({ seed: value }), seed);
  for (const run of ['baseline', 'sweep', 'finetune'] as const) await watchRun(browserEngine(studioPage), run);
  return studio.evaluate((s, value) => {
    const { sweep, finetune } = s.store.getState();
    const best = finetune?.epochs.findLast(({ record }) => record.best)?.record.validation;
    if (!sweep || !finetune || !best) throw new Error('A step has no result');
    const points = sweep.points.map(({ size, correct, count, loss }) => ({ size, correct, count, loss }));
    return { seed: value, points, tuned: { size: finetune.size, correct: best.correct, count: best.count } };
  }, seed);
}

function summarise(apparent: readonly { size: number; mean: number }[], results: readonly SeedResult[]) {
  const sizes = apparent.map(({ size, mean }) => {
    const points = results.map(({ points: all }) => all.find((point) => point.size === size)!);
    const correct = points.reduce((sum, point) => sum + point.correct, 0);
    const count = points.reduce((sum, point) => sum + point.count, 0);
    const { low, high } = wilsonInterval(correct, count);
    return {
      size,
      apparentRatio: significant(mean),
      accuracy: significant(correct / count),
      interval95: [significant(low), significant(high)],
      loss: significant(points.reduce((sum, point) => sum + point.loss, 0) / points.length),
    };
  });
  const order = sizes.map(({ size }) => size);
  const nearest = sizes.reduce((a, b) =>
    Math.abs(Math.log(b.apparentRatio)) < Math.abs(Math.log(a.apparentRatio)) ? b : a,
  );
  const best = sizes.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
  const lowestLoss = sizes.reduce((a, b) => (b.loss < a.loss ? b : a));
  const gains = results.map(({ points, tuned }) => {
    const before = points.find(({ size }) => size === tuned.size)!;
    return (tuned.correct - before.correct) / tuned.count;
  });
  return {
    sizes,
    predicted: nearest.size,
    best: best.size,
    lowestLoss: lowestLoss.size,
    withinOneStep: Math.abs(order.indexOf(best.size) - order.indexOf(nearest.size)) <= 1,
    bySeed: results,
    fineTuning: { gains: gains.map((gain) => significant(gain)), ...meanInterval(gains) },
  };
}

function parse(args: readonly string[]): Options | null {
  try {
    const text = { type: 'string' } as const;
    const options = { 'train-size': text, epochs: text, 'tune-epochs': text, seeds: text };
    const { values } = parseArgs({ args: [...args], options });
    const parsed = {
      trainSize: Number(values['train-size'] ?? 40),
      epochs: Number(values.epochs ?? 8),
      tuneEpochs: Number(values['tune-epochs'] ?? 2),
      seeds: Number(values.seeds ?? 3),
    };
    return Object.values(parsed).every((value) => Number.isInteger(value) && value > 0) ? parsed : null;
  } catch {
    return null;
  }
}
