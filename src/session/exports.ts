/** The files that a session's findings go out in: plain data, formatted by pure functions. */
import Papa from 'papaparse';
import { argmax, softmax } from '../engine/analysis/score';
import { readConfusion, stepChange } from '../engine/analysis/stepChange';
import { FORMULA } from '../engine/base/csvText';
import { type Dataset, type DatasetSummary, type Orientations, SPLITS } from '../engine/dataset/types';
import type { AdapterReport } from '../engine/gpu/report';
import type { Evaluation } from '../engine/train/evaluate';
import type { Answers, ApparentAccuracy, Proof } from '../protocol/messages';
import type { SimilarityMap } from '../protocol/photos';
import type { Predicted } from '../protocol/trials';
import type { TestView, WeightsSlot } from '../protocol/weights';
import type { SeedStudy } from '../protocol/queue';
import type { Results, RunResult } from '../protocol/results';
import { seedCharts } from '../protocol/seedCharts';
import { seedMeasures } from '../protocol/seedTables';
import { choiceOf, choiceSentence } from '../words/sizeVerdict';
import { viewsText, viewText } from '../words/view';
import { type Checkpoint, configOf, infoOf, temperatureOf, viewOf } from './checkpoint';

export interface MetricsParts {
  dataset: DatasetSummary;
  /** Whether the photos are those that the studio draws. */
  fromSample: boolean;
  orientations: Orientations | null;
  adapter: AdapterReport | null;
  userAgent: string;
  results: Results;
  /** What `weights.safetensors` holds unless other weights are chosen, and which of them that is. */
  weights: Checkpoint | null;
  slot: WeightsSlot;
  answers: Answers;
  /** Null where it cannot be told. */
  apparent: ApparentAccuracy | null;
  seeds: SeedStudy | null;
  /** What files of the weights were found to say in other programs. */
  proofs: readonly Proof[];
  now: string;
}

export function metricsJson(parts: MetricsParts): string {
  const { dataset, orientations, adapter, userAgent, results, weights, slot, answers, apparent, seeds, proofs, now } =
    parts;
  const {
    name,
    classes,
    trainCount,
    validationCount,
    testCount,
    format,
    settings,
    edits,
    groupsAcross,
    warningCounts,
  } = dataset;
  const view = weights && viewOf(weights);
  const metrics = {
    format: 'fixres-studio-metrics',
    version: 2,
    writtenAt: now,
    /** That made the weights, whatever was set or run since; null for weights of other makers. */
    config: weights && configOf(weights),
    /** `orientations`: photos that EXIF wants turned; whether they were, a run's `respectExif` says. */
    dataset: {
      name,
      classes,
      trainCount,
      validationCount,
      testCount,
      format,
      settings,
      edits,
      groupsAcross,
      warningCounts,
      orientations,
    },
    environment: { adapter, browser: userAgent },
    weights: weights && { slot, ...infoOf(weights) },
    exports: proofs,
    runs: Object.fromEntries(Object.entries(results).map(([run, result]) => [run, runOf(result, classes)])),
    seeds: seeds && seedsOf(seeds, classes),
    steps: stepsOf(answers, classes.length),
    apparentAccuracy: apparent,
    /** The view of predictions.csv, and the score in it; null without weights that were measured. */
    predictions:
      weights?.evaluation && view
        ? { ...view, size: view.crop, view, temperature: temperatureOf(weights), ...weights.evaluation.score }
        : null,
  };
  return `${JSON.stringify(metrics, null, 2)}\n`;
}

/** A run without what is for charts alone; of a sweep, which size is best, and why, or why none is. */
function runOf(result: RunResult, classes: DatasetSummary['classes']) {
  const { series: _, lastStep: _last, partialActivations: _part, size, epochs, points, ...rest } = result;
  const records = epochs.map(({ record }) => record);
  if (result.run !== 'sweep') return { ...rest, resolvedSize: size, epochs: records };
  const { best, tied } = choiceOf(result, classes);
  const choice = { best: best?.size ?? null, tied, bestReason: choiceSentence(result, classes) };
  return { ...rest, resolvedSize: size, ...choice, points };
}

/** Means and 95 % intervals over seeds, Student's t; and what each run came to with each seed. */
function seedsOf(study: SeedStudy, classes: DatasetSummary['classes']) {
  const { seeds, runs, config } = study;
  const names = classes.map(({ name }) => name);
  // Distributions stand in the charts, on one axis.
  const done = study.done.map((one) => {
    const { activations: _, ...rest } = one;
    return rest;
  });
  return { seeds, runs, config, measures: seedMeasures(study), charts: seedCharts(study, names), done };
}

/** A confusion matrix a step, and what each step changed of the one before. */
function stepsOf({ labels, steps, changes }: Answers, classes: number) {
  return steps.map(({ step, size, predictions, quality }, i) => {
    const before = steps[i - 1];
    const change = before && stepChange(labels, before.predictions, predictions, classes);
    const metric = changes.find((one) => one.before === before?.step && one.after === step)?.metric;
    return {
      step,
      size,
      confusion: readConfusion(labels, predictions, classes),
      quality,
      changed: change && {
        against: before.step,
        won: change.won,
        lost: change.lost,
        p: change.p,
        ...(metric && { metric }),
        classes: change.classes.map(({ won, lost, ...counts }) => ({ ...counts, won: won.length, lost: lost.length })),
      },
    };
  });
}

/** What a spreadsheet would take for a formula is marked as text, unless a program is to have it to the letter. */
const csvOf = (rows: readonly (readonly unknown[])[], escapeFormulae: RegExp | false = FORMULA): string =>
  `${Papa.unparse(
    rows.map((row) => [...row]),
    { newline: '\n', escapeFormulae },
  )}\n`;

const shares = (logits: Float32Array, temperature: number | null): string[] =>
  softmax(logits, temperature ?? 1).map((p) => p.toFixed(6));

/**
 * `image_id,label,predicted`, a probability a class, and last the view that they were made in; labels as indices. Probabilities
 * are of logits that were divided by the temperature, where there is one.
 */
export function predictionsCsv(
  dataset: Dataset,
  { indices, logits }: Evaluation,
  { view, temperature }: { view: TestView; temperature: number | null },
): string {
  const classes = dataset.classes.length;
  const header = ['image_id', 'label', 'predicted', ...dataset.classes, 'view'];
  const seen = viewText(view);
  const rows = [...indices].map((index, i) => {
    const { imageId, label } = dataset.validation[index]!;
    const row = logits.subarray(i * classes, (i + 1) * classes);
    return [imageId, label, argmax(row), ...shares(row, temperature), seen];
  });
  return csvOf([header, ...rows]);
}

/** `image_id,label,split`, with classes by their names: a folder with this table is the data set as it stands. */
export function photosCsv(dataset: Dataset): string {
  const rows = SPLITS.flatMap((split) =>
    dataset[split].map(({ imageId, label }) => [imageId, dataset.classes[label], split]),
  );
  return csvOf([['image_id', 'label', 'split'], ...rows]);
}

/** `image_id,label,split,x,y`: where a map lays photos out, and the view in which they were seen. */
export function mapCsv(dataset: Dataset, { photos, places, step, resize, size }: SimilarityMap): string {
  const samples = SPLITS.flatMap((split) => dataset[split].map((sample) => ({ ...sample, split })));
  const rows = Array.from(photos, (photo, i) => {
    const { imageId, label, split } = samples[photo]!;
    return [imageId, dataset.classes[label], split, places[2 * i], places[2 * i + 1], step, resize, size];
  });
  return csvOf([['image_id', 'label', 'split', 'x', 'y', 'weights', 'resize', 'crop'], ...rows]);
}

/** `image_id,predicted`, a probability a class, the view: predictions.csv of photos that nobody has labelled. */
export function probabilitiesCsv({ photos, classes, views, temperature }: Predicted, logits: Float32Array): string {
  const seen = viewsText(views);
  const rows = photos.map(({ imageId }, i) => {
    const row = logits.subarray(i * classes.length, (i + 1) * classes.length);
    return [imageId, argmax(row), ...shares(row, temperature), seen];
  });
  return csvOf([['image_id', 'predicted', ...classes, 'view'], ...rows]);
}

/** `image_id,label`, as Kaggle wants it: labels as indices, ids to the letter, as a grader knows them. */
export function submissionCsv({ photos, classes }: Predicted, logits: Float32Array): string {
  const rows = photos.map(({ imageId }, i) => [
    imageId,
    argmax(logits.subarray(i * classes.length, (i + 1) * classes.length)),
  ]);
  return csvOf([['image_id', 'label'], ...rows], false);
}
