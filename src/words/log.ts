/**
 * The log of a training, as the notebooks print it that the studio reproduces: the blog's, to the character, and under
 * fastai's recipe fastai's table. Lines are only ever added, so a terminal prints what is new of them.
 */
import { FROZEN_EPOCHS } from '../engine/experiments/baseline/meta';
import type { RunId } from '../engine/experiments/meta';
import type { EpochRecord } from '../engine/base/records';

export interface LoggedTraining {
  run: Extract<RunId, 'baseline' | 'finetune'>;
  epochs: readonly EpochRecord[];
  ended: 'running' | 'done' | 'stopped' | 'failed';
  /** Wall time, once ended. */
  seconds: number | null;
}

export function trainingLog(training: LoggedTraining): string[] {
  const { epochs } = training;
  if (epochs.some(({ smoothedLoss }) => smoothedLoss !== undefined)) return fastaiLog(training);
  return [...epochs.flatMap(epochLines), ...endLines(training)];
}

/** What the blog prints of an epoch: three lines. */
function epochLines({ epoch, train, validation, seconds }: EpochRecord): string[] {
  const minutes = Math.floor(seconds / 60);
  const percent = (accuracy: number) => `${fixed(accuracy * 100, 2)}%`;
  return [
    `Epoch: ${String(epoch).padStart(2, '0')} | Epoch Time: ${minutes}m ${Math.floor(seconds - 60 * minutes)}s`,
    `\tTrain Loss: ${fixed(train.loss, 3)} | Train Acc: ${percent(train.accuracy)}`,
    `\t Val. Loss: ${fixed(validation.loss, 3)} |  Val. Acc: ${percent(validation.accuracy)}`,
  ];
}

/** Of a training that came to its end: one that was stopped is not complete. */
function endLines({ epochs, ended, seconds }: LoggedTraining): string[] {
  if (ended !== 'done' || seconds === null || epochs.length === 0) return [];
  const whole = Math.round(seconds);
  const best = Math.max(...epochs.map(({ validation }) => validation.accuracy));
  return [`Training complete in ${Math.floor(whole / 60)}m ${whole % 60}s`, `Best val Acc: ${fixed(best, 6)}`];
}

const FASTAI_COLUMNS = ['epoch', 'train_loss', 'valid_loss', 'accuracy', 'time'] as const;
/** As fastprogress lays a table out in a terminal: two blanks between columns of at least eight characters. */
const FASTAI_WIDTHS = FASTAI_COLUMNS.map((name) => Math.max(8, name.length));

/** A table for each `fit`, epochs counted from 0: `fine_tune` has two, the frozen epochs and the others. */
function fastaiLog({ run, epochs }: LoggedTraining): string[] {
  const frozen = run === 'baseline' ? FROZEN_EPOCHS : 0;
  return epochs.flatMap((record) => {
    const first = record.epoch > frozen ? frozen + 1 : 1;
    const row = fastaiRow(record, record.epoch - first);
    return record.epoch === first ? [tableLine(FASTAI_COLUMNS, '  '), row] : [row];
  });
}

function fastaiRow({ smoothedLoss, train, validation, seconds }: EpochRecord, epoch: number): string {
  const losses = [smoothedLoss ?? train.loss, validation.loss, validation.accuracy].map((value) => fixed(value, 6));
  return tableLine([String(epoch), ...losses, clock(seconds)], '  ') + '  ';
}

const tableLine = (cells: readonly string[], gap: string) =>
  cells.map((cell, i) => cell.padEnd(FASTAI_WIDTHS[i]!)).join(gap);

/** "02:55", "1:02:45". */
function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (n: number) => String(n).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return `${hours > 0 ? `${hours}:` : ''}${two(minutes)}:${two(whole % 60)}`;
}

/** Python's `f'{value:.2f}'`: as `toFixed`, but a number just between two goes to the even one. */
function fixed(value: number, digits: number): string {
  const halves = value * 2 ** (digits + 1);
  const between = Number.isInteger(halves) && halves % 2 !== 0;
  if (!between) return value.toFixed(digits);
  const below = Math.floor(value * 10 ** digits);
  return ((below + (below % 2 === 0 ? 0 : 1)) / 10 ** digits).toFixed(digits);
}
