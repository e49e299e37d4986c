/** What the terminal prints of a run: pure functions from records to lines. */
import type { DatasetSummary } from '../engine/dataset/types';
import type { RunId } from '../engine/experiments/meta';
import type { AdapterReport } from '../engine/gpu/report';
import type { EpochRecord, ExperimentRow, Score, SweepPoint } from '../engine/base/records';
import type { FetchProgress, HubModel, Progress } from '../protocol/messages';

const WARNINGS_SHOWN = 5;

export function adapterLine(adapter: AdapterReport): string {
  const name = [adapter.vendor, adapter.architecture, adapter.description].filter(Boolean).join(' ');
  return `adapter: ${name}${adapter.software ? ' (software: expect a hundredth of a GPU)' : ''}`;
}

export function datasetLines(dataset: DatasetSummary): string[] {
  const classes = dataset.classes.map(({ name, train, validation }) => `${name} ${train}+${validation}`);
  const found = Object.entries(dataset.warningCounts).map(([kind, count]) => `${count} ${kind}`);
  const shown = dataset.warnings.slice(0, WARNINGS_SHOWN).map(({ message, file, row }) => {
    const place = [file, row && `row ${row}`].filter(Boolean).join(', ');
    return `  ${message}${place && ` (${place})`}`;
  });
  return [
    `photos: ${dataset.trainCount} to train on, ${dataset.validationCount} to validate on${dataset.testCount > 0 ? `, ${dataset.testCount} held out` : ''}; ${dataset.format}`,
    `classes (train+validation): ${classes.join(', ')}`,
    ...(found.length > 0 ? [`warnings: ${found.join(', ')}`, ...shown] : []),
  ];
}

export function epochLine(run: RunId, epochs: number, record: EpochRecord): string {
  const { epoch, train, smoothedLoss, validation, best, seconds, imagesPerSecond } = record;
  return [
    `${run} epoch ${epoch}/${epochs}`,
    `train loss ${train.loss.toFixed(4)}${smoothedLoss === undefined ? '' : ` (smoothed ${smoothedLoss.toFixed(4)})`} accuracy ${percent(train.accuracy)}`,
    `validation loss ${validation.loss.toFixed(4)} accuracy ${scoreText(validation)}${best ? ' best' : ''}`,
    `${duration(seconds)}, ${imagesPerSecond.toFixed(1)} images/s`,
  ].join('  ');
}

/** The baseline's own view, if measured, comes first; the best size is marked. */
export function sweepTable(points: readonly SweepPoint[], reference: SweepPoint | null): string[] {
  const best = Math.max(...points.map((point) => point.accuracy));
  return [
    '  crop resize  accuracy     correct     loss   zeros      KS      W1   won  lost',
    ...(reference ? [sweepRow(reference, "the baseline's own view")] : []),
    ...points.map((point) => sweepRow(point, point.accuracy === best ? 'best' : '')),
  ];
}

function sweepRow(point: SweepPoint, mark: string): string {
  return [
    `${point.size}`.padStart(6),
    (point.resize === 0 ? 'none' : `${point.resize}`).padStart(7),
    percent(point.accuracy).padStart(10),
    `${point.correct}/${point.count}`.padStart(12),
    point.loss.toFixed(4).padStart(9),
    percent(point.activations.zeroFraction).padStart(8),
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

export function evaluationLine(score: Score, resize: number, crop: number): string {
  const view = `${resize > 0 ? `resize ${resize}, ` : ''}centre crop ${crop}`;
  return `validation accuracy ${scoreText(score)}, loss ${score.loss.toFixed(4)} (${view})`;
}

export function progressLine(progress: Progress, loss: number | null): string {
  const { run, phase, epoch, epochs, batch, batches, size } = progress;
  return [
    doing(run, phase, size),
    epochs > 0 && `epoch ${epoch}/${epochs}`,
    `${phase === 'tuning' ? 'operation' : 'batch'} ${batch}/${batches}`,
    progress.imagesPerSecond !== null && `${progress.imagesPerSecond.toFixed(1)} images/s`,
    loss !== null && `loss ${loss.toFixed(3)}`,
    progress.runSecondsLeft !== null && `${duration(progress.runSecondsLeft)} left`,
  ]
    .filter(Boolean)
    .join('  ');
}

function doing(run: Progress['run'], phase: Progress['phase'], size: number): string {
  if (phase === 'tuning') return `${run}: choosing kernels`;
  if (phase === 'compiling') return `${run}: compiling kernels`;
  return `${run}: ${phase} at ${size} px`;
}

/** "4.2 s", "3:07", "1:02:45". */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes}:${two(whole % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const scoreText = ({ accuracy, correct, count }: Score) => `${percent(accuracy)} (${correct}/${count})`;
const two = (n: number) => String(n).padStart(2, '0');

export function hubLine({ id, file, bytes, licence, revision }: HubModel): string {
  return `hub: ${id}, ${file}, ${megabytes(bytes)}, ${licence ?? 'no licence named'}, version ${revision.slice(0, 12)}`;
}

export function fetchLine({ id, done, bytes, bytesPerSecond }: FetchProgress): string {
  const rate = bytesPerSecond
    ? `, ${megabytes(bytesPerSecond)}/s, ${duration((bytes - done) / bytesPerSecond)} left`
    : '';
  return `downloading ${id}: ${megabytes(done)} of ${megabytes(bytes)}${rate}`;
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
