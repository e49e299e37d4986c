/** What a session has found out, and the files that it goes out in: plain data, formatted by pure functions. */
import { argmax, softmax } from '../engine/analysis/score';
import { readConfusion, stepChange } from '../engine/analysis/stepChange';
import type { ErrorData } from '../engine/base/errors';
import type { Dataset, DatasetSummary, Orientations } from '../engine/dataset/types';
import type { RunId, StudioConfig } from '../engine/experiments/meta';
import type { AdapterReport } from '../engine/gpu/report';
import type { Evaluation } from '../engine/train/evaluate';
import type {
  ActivationShift,
  EpochRecord,
  ExperimentRow,
  RatePoint,
  Recommendation,
  RunRecord,
  Score,
  SuggestedRates,
  SweepPoint,
} from '../engine/base/records';
import type { Answers } from '../protocol/messages';
import type { CopiesUse } from '../hosts/browser/photos/smallerPhotos';

/** One run as `metrics.json` keeps it. */
export interface RunResult {
  config: StudioConfig;
  /** Train or test resolution in px that 0 in the configuration stood for. */
  resolvedSize: number;
  startedAt: string;
  ended: 'done' | 'stopped' | 'failed' | null;
  error: ErrorData | null;
  seconds: number | null;
  epochs: EpochRecord[];
  points: SweepPoint[];
  reference: SweepPoint | null;
  recommendation: Recommendation | null;
  /** The activations before and after fine-tuning. */
  shift: ActivationShift | null;
  /** An experiment's table, each line with the epochs that it took. */
  rows: (ExperimentRow & { trained: EpochRecord[] })[];
  evaluation: { score: Score; resize: number; crop: number } | null;
  /** Of a search for a learning rate. */
  rates: RatePoint[];
  suggestedRates: SuggestedRates | null;
  /** The smaller copies that views were made of; null if the pixels were the photos'. */
  copies: CopiesUse | null;
  /** Photos that could not be read and were stepped over, with the reason. */
  unreadable: string[];
}

export type Results = Partial<Record<RunId, RunResult>>;

export function newResult(config: StudioConfig, resolvedSize: number, startedAt: string): RunResult {
  return {
    config,
    resolvedSize,
    startedAt,
    ended: null,
    error: null,
    seconds: null,
    epochs: [],
    points: [],
    reference: null,
    recommendation: null,
    shift: null,
    rows: [],
    evaluation: null,
    rates: [],
    suggestedRates: null,
    copies: null,
    unreadable: [],
  };
}

/** Takes down what a record adds to a result. */
export function collect(result: RunResult, record: RunRecord): void {
  switch (record.kind) {
    case 'epoch':
      result.epochs.push(record.record);
      break;
    case 'sweepPoint':
      if (record.reference) result.reference = record.point;
      else result.points.push(record.point);
      break;
    case 'recommendation':
      result.recommendation = record.recommendation;
      break;
    case 'shift':
      result.shift = record.shift;
      break;
    case 'row':
      // What was trained since the last line was trained for this one.
      result.rows.push({ ...record.row, trained: result.epochs.splice(0) });
      break;
    case 'evaluation':
      result.evaluation = { score: record.score, resize: record.resize, crop: record.crop };
      break;
    case 'ratePoint':
      result.rates.push(record.point);
      break;
    case 'suggestedRates':
      result.suggestedRates = record.suggested;
      break;
    case 'phase':
    case 'microBatch':
    case 'tuning':
    case 'step':
    case 'evaluated':
    case 'partialActivations':
      break;
    default:
      record satisfies never;
  }
}

/** The size of highest accuracy, the smaller of equals. */
export function bestPoint(points: readonly SweepPoint[]): SweepPoint | undefined {
  return points.reduce<SweepPoint | undefined>(
    (best, point) => (best && best.accuracy >= point.accuracy ? best : point),
    undefined,
  );
}

export interface MetricsParts {
  config: StudioConfig;
  dataset: DatasetSummary;
  orientations: Orientations | null;
  adapter: AdapterReport | null;
  userAgent: string;
  results: Results;
  weights: { arch: string; classes: readonly string[]; origin: string } | null;
  predictions: Evaluation | null;
  answers: Answers;
  now: string;
}

export function metricsJson({
  config,
  dataset,
  orientations,
  adapter,
  userAgent,
  results,
  weights,
  predictions,
  answers,
  now,
}: MetricsParts): string {
  const { name, classes, trainCount, validationCount, testCount, format, warningCounts } = dataset;
  const metrics = {
    format: 'fixres-studio-metrics',
    version: 1,
    writtenAt: now,
    config,
    /** `orientations`: photos that EXIF wants turned; whether they were, a run's `respectExif` says. */
    dataset: { name, classes, trainCount, validationCount, testCount, format, warningCounts, orientations },
    environment: { adapter, browser: userAgent },
    weights,
    runs: results,
    /** The view of predictions.csv. */
    steps: stepsOf(answers, classes.length),
    predictions: predictions && { resize: predictions.view.resize, crop: predictions.view.crop, ...predictions.score },
  };
  return `${JSON.stringify(metrics, null, 2)}\n`;
}

/** A confusion matrix a step, and what each step changed of the one before. */
function stepsOf({ labels, steps }: Answers, classes: number) {
  return steps.map(({ step, size, predictions }, i) => {
    const before = steps[i - 1];
    const change = before && stepChange(labels, before.predictions, predictions, classes);
    return {
      step,
      size,
      confusion: readConfusion(labels, predictions, classes),
      changed: change && {
        against: before.step,
        won: change.won,
        lost: change.lost,
        p: change.p,
        classes: change.classes.map(({ won, lost, ...counts }) => ({ ...counts, won: won.length, lost: lost.length })),
      },
    };
  });
}

/** `image_id,label,predicted` and a probability a class; labels as indices. */
export function predictionsCsv(dataset: Dataset, { indices, logits }: Evaluation): string {
  const classes = dataset.classes.length;
  const header = ['image_id', 'label', 'predicted', ...dataset.classes].map(quoted).join(',');
  const rows = [...indices].map((index, i) => {
    const { imageId, label } = dataset.validation[index]!;
    const row = logits.subarray(i * classes, (i + 1) * classes);
    const probabilities = softmax(row).map((p) => p.toFixed(6));
    return [quoted(imageId), label, argmax(row), ...probabilities].join(',');
  });
  return `${[header, ...rows].join('\n')}\n`;
}

function quoted(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
