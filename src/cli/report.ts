/** What the terminal prints of a run: pure functions from records to lines. */
import type { DatasetSummary } from '../engine/dataset/types';
import type { StudioError } from '../engine/base/errors';
import type { AdapterReport } from '../engine/gpu/report';
import type { ExperimentRow, Score, SweepPoint } from '../engine/base/records';
import type { EvalView } from '../engine/photo/view';
import { warningText } from '../words/datasetWarnings';
import { viewText } from '../words/view';
import type { Progress, QueuePlan } from '../protocol/messages';
import type { FetchProgress, HubModel } from '../protocol/weights';
import {
  formatAccuracy,
  formatBytes,
  formatCount,
  formatDuration,
  formatEstimate,
  formatLoss,
  formatPercent,
  formatRate,
} from '../words/format';

const WARNINGS_SHOWN = 5;

/** What was wrong, and in a line below what to do about it. */
export const errorLines = ({ message, hint }: StudioError): string => (hint ? `${message}\n${hint}` : message);

export function adapterLine(adapter: AdapterReport): string {
  const name = [adapter.vendor, adapter.architecture, adapter.description].filter(Boolean).join(' ');
  return `adapter: ${name}${adapter.software ? ' (software: expect a hundredth of a GPU)' : ''}`;
}

export function datasetLines(dataset: DatasetSummary): string[] {
  const classes = dataset.classes.map(({ name, train, validation }) => `${name} ${train}+${validation}`);
  const found = Object.entries(dataset.warningCounts).map(([kind, count]) => `${count} ${kind}`);
  const shown = dataset.warnings.slice(0, WARNINGS_SHOWN).map((warning) => `  ${warningText(warning)}`);
  return [
    `${splitLine(dataset)}; ${dataset.format}`,
    `classes (train+validation): ${classes.join(', ')}`,
    ...(found.length > 0 ? [`warnings: ${found.join(', ')}`, ...shown] : []),
  ];
}

/** How many photos are for what. */
export function splitLine({ trainCount, validationCount, testCount }: DatasetSummary): string {
  const heldOut = testCount > 0 ? `, ${testCount} held out` : '';
  return `photos: ${trainCount} to train on, ${validationCount} to validate on${heldOut}`;
}

/** The baseline's own view, if measured, comes first; the most accurate size is marked by what it may be called. */
export function sweepTable(
  points: readonly SweepPoint[],
  { reference, leader }: { reference: SweepPoint | null; leader: { size: number; name: string } | null },
): string[] {
  return [
    '  crop resize  accuracy     correct     loss   zeros      KS      W1   won  lost',
    ...(reference ? [sweepRow(reference, "the baseline's own view")] : []),
    ...points.map((point) => sweepRow(point, point.size === leader?.size ? leader.name : '')),
  ];
}

function sweepRow(point: SweepPoint, mark: string): string {
  return [
    `${point.size}`.padStart(6),
    (point.resize === 0 ? 'none' : `${point.resize}`).padStart(7),
    formatAccuracy(point.accuracy, point.count).padStart(10),
    `${point.correct}/${point.count}`.padStart(12),
    point.loss.toFixed(4).padStart(9),
    formatPercent(point.activations.zeroFraction).padStart(8),
    (point.distance?.ks.toFixed(3) ?? '–').padStart(8),
    (point.distance?.w1.toFixed(3) ?? '–').padStart(8),
    `${point.changed?.won ?? '–'}`.padStart(6),
    `${point.changed?.lost ?? '–'}`.padStart(6),
    mark && `  ${mark}`,
  ].join('');
}

/** A line of an experiment's table. */
export function rowLine({ name, views, trainSize, testSize, score, note }: ExperimentRow): string {
  return [
    `${name}${views ? ` on ${views} views` : ''}, trained at ${trainSize} px, tested at ${testSize} px`,
    `accuracy ${scoreText(score)} loss ${score.loss.toFixed(4)}`,
    note,
  ]
    .filter(Boolean)
    .join('  ');
}

export function evaluationLine(score: Score, view: EvalView): string {
  return `validation accuracy ${scoreText(score)}, loss ${score.loss.toFixed(4)} (${viewText(view)})`;
}

/** What all runs take together. */
export function planLines(plan: QueuePlan | null): string[] {
  if (!plan) return [];
  const time = plan.seconds === null ? [] : [formatEstimate(plan.seconds)];
  const photos = `${formatCount(plan.images)} photos through the network`;
  return [`plan: ${[...time, photos, `${formatBytes(plan.memoryBytes)} of GPU memory at most`].join(', ')}`];
}

export function progressLine(progress: Progress, loss: number | null): string {
  const { run, phase, epoch, epochs, batch, batches, size } = progress;
  return [
    doing(run, phase, size),
    epochs > 0 && `epoch ${epoch}/${epochs}`,
    `${phase === 'tuning' ? 'operation' : 'batch'} ${batch}/${batches}`,
    progress.imagesPerSecond !== null && formatRate(progress.imagesPerSecond),
    loss !== null && `loss ${formatLoss(loss)}`,
    progress.runSecondsLeft !== null && `${formatDuration(progress.runSecondsLeft)} left`,
  ]
    .filter(Boolean)
    .join('  ');
}

function doing(run: Progress['run'], phase: Progress['phase'], size: number): string {
  if (phase === 'tuning') return `${run}: choosing kernels`;
  if (phase === 'compiling') return `${run}: compiling kernels`;
  return `${run}: ${phase} at ${size} px`;
}

const scoreText = ({ accuracy, correct, count }: Score) => `${formatAccuracy(accuracy, count)} (${correct}/${count})`;

export function hubLine({ id, file, bytes, licence, revision }: HubModel): string {
  return `hub: ${id}, ${file}, ${formatBytes(bytes)}, ${licence ?? 'no licence named'}, version ${revision.slice(0, 12)}`;
}

export function fetchLine({ id, done, bytes, bytesPerSecond }: FetchProgress): string {
  const rate = bytesPerSecond
    ? `, ${formatBytes(bytesPerSecond)}/s, ${formatDuration((bytes - done) / bytesPerSecond)} left`
    : '';
  return `downloading ${id}: ${formatBytes(done)} of ${formatBytes(bytes)}${rate}`;
}
