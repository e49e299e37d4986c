/**
 * What is to be done elsewhere, as plain data that a program of a few hundred lines can follow: every training with its views,
 * groups of parameters, rates and seeds worked out here, so that nothing is worked out twice.
 */
import { StudioError } from '../../engine/base/errors';
import type { ExperimentRow } from '../../engine/base/records';
import type { Dataset } from '../../engine/dataset/types';
import { ABLATION_PARTS } from '../../engine/experiments/ablation/run';
import { epochsFromStart } from '../../engine/experiments/baseline/meta';
import { baselineOptions } from '../../engine/experiments/baseline/run';
import { finetuneOptions } from '../../engine/experiments/finetune/run';
import { lowSizeOf } from '../../engine/experiments/lowResolution/meta';
import { lowResolutionPairs } from '../../engine/experiments/lowResolution/run';
import { refusalOf, type RunId, type StudioConfig } from '../../engine/experiments/meta';
import { baselineTrainable } from '../../engine/experiments/planning';
import { progressiveSizeOf } from '../../engine/experiments/progressive/meta';
import { PROGRESSIVE_PARTS } from '../../engine/experiments/progressive/run';
import { trainingAt } from '../../engine/experiments/trainAt';
import { PART_LABELS, untestedRow, tuningOptions, type Tuning } from '../../engine/experiments/tunePart';
import { sweepViews, testViewAt, tunedViewAt } from '../../engine/experiments/views';
import { trainingMacs } from '../../engine/models/cost';
import type { Architecture } from '../../engine/models/meta';
import { stateSpecs } from '../../engine/models/registry';
import type { EvalView, ViewSpec } from '../../engine/photo/view';
import { lastPhotoIsLone } from '../../engine/train/lonePhoto';
import type { Stage, TrainingOptions } from '../../engine/train/run';

export interface RecipeParts {
  config: StudioConfig;
  /** Of the weights that sweep and fine-tuning work on. */
  arch: Architecture;
  dataset: Pick<Dataset, 'classes' | 'train'>;
  /** In which the training that made them is validated. */
  validatedIn: EvalView;
  /** Whether there are weights, or will be, that a training from the start begins with. */
  startsAnew: boolean;
}

/** `stages`: in turn, fastai's recipe has two; each has an optimiser of its own. */
export interface PlannedTraining {
  name: string;
  size: number;
  seed: number;
  batchSize: number;
  train: ViewSpec;
  test: EvalView;
  stages: readonly ReturnType<typeof plannedStage>[];
}

/** A line of an experiment's table: weights by name, trained for it from others or not, measured in a view. */
export interface PlannedLine {
  weights: string;
  from: string;
  training: PlannedTraining | null;
  view: EvalView;
  /** The line that it is compared with, counted from 0. */
  against: number | null;
  row: Omit<ExperimentRow, 'score' | 'changed'>;
}

export type PlannedRun = { run: RunId; size: number | null } & (
  | { training: PlannedTraining }
  | { own: EvalView; trained: number; views: readonly EvalView[] }
  | { own: EvalView; trained: EvalView; bySize: Readonly<Record<number, PlannedTraining>> }
  | { lines: readonly PlannedLine[] }
);

/** Weights by name there: what a training from the start begins with, and what all other runs work on. */
const START = 'start';
const TRUNK = 'trunk';

/** @throws StudioError `not-exportable` for what the programs do not do. */
export function checkRecipe({ selectBy, coolDownEpochs, recipe }: StudioConfig): void {
  const refuse = (what: string, hint: string) =>
    new StudioError('not-exportable', `${what} cannot be handed over to torchrun`, hint);
  if (selectBy !== 'accuracy') {
    const hint = 'Set "Best epoch by" to accuracy, or train it here.';
    throw refuse('A choice of epochs by anything but accuracy', hint);
  }
  if (coolDownEpochs > 0 && recipe !== 'fastai')
    throw refuse('A cool-down', 'Set its epochs to none, or train it here.');
}

/** What can be done there, in the order that runs build on one another. */
export function plannedRuns(parts: RecipeParts): PlannedRun[] {
  const { config, startsAnew } = parts;
  const { trainSize } = config;
  const runs: PlannedRun[] = [
    ...(startsAnew
      ? [{ run: 'baseline', size: trainSize, training: training(parts, baselineOptions(config)) } as const]
      : []),
    sweepRun(parts),
    finetuneRun(parts),
    { run: 'ablation', size: trainSize, lines: ablationLines(parts) },
    ...(startsAnew ? [{ run: 'lowResolution', size: trainSize, lines: lowResolutionLines(parts) } as const] : []),
    { run: 'progressive', size: trainSize, lines: progressiveLines(parts) },
  ];
  return runs.filter(({ run }) => !refusalOf(run, config));
}

function sweepRun({ config, validatedIn: own }: RecipeParts): PlannedRun {
  const { trainSize } = config;
  const trained = testViewAt(config, trainSize).crop;
  const views = sweepViews(config).sort((a, b) => Number(b.crop === trained) - Number(a.crop === trained));
  return { run: 'sweep', size: trainSize, own, trained, views };
}

/** For every size that the sweep may find best: which one, is only known there. */
function finetuneRun(parts: RecipeParts): PlannedRun {
  const { config, arch, validatedIn: own } = parts;
  const { tuneSize, sweepSizes, trainSize } = config;
  const sizes = tuneSize > 0 ? [tuneSize] : sweepSizes;
  const bySize = Object.fromEntries(sizes.map((size) => [size, training(parts, finetuneOptions(config, arch, size))]));
  const view = tunedViewAt(config, trainSize);
  return { run: 'finetune', size: tuneSize || null, own, trained: view, bySize };
}

function ablationLines(parts: RecipeParts): PlannedLine[] {
  const { config } = parts;
  return config.ablationSizes.flatMap((size, block) => {
    const tunings = ABLATION_PARTS.flatMap((part) =>
      (['train', 'test'] as const).map((views): Tuning => ({ part, views, size })),
    );
    const against = block * (1 + tunings.length);
    return [
      measuredLine(PART_LABELS.none, config.trainSize, testViewAt(config, size)),
      ...tunings.map((tuning) => tunedLineOf(parts, tuning, against)),
    ];
  });
}

function progressiveLines(parts: RecipeParts): PlannedLine[] {
  const { config } = parts;
  const { trainSize } = config;
  const size = progressiveSizeOf(config);
  return [
    ...[trainSize, size].map((side) => measuredLine('nothing more', trainSize, testViewAt(config, side))),
    ...PROGRESSIVE_PARTS.map((part, i) => tunedLineOf(parts, { part, views: 'train', size }, 1 + i)),
  ];
}

/** The first line is what the others are compared with. */
function lowResolutionLines(parts: RecipeParts): PlannedLine[] {
  const { config, arch, dataset } = parts;
  return lowResolutionPairs(config.trainSize, lowSizeOf(config)).map(({ trainSize, testSize }, i) => {
    const options = trainingAt(config, trainSize, testViewAt(config, config.trainSize));
    const { isTrainable } = baselineTrainable(arch, config);
    const macs = trainingMacs(arch, trainSize, dataset.classes.length, isTrainable);
    return {
      weights: `experiments/low-resolution-${trainSize}`,
      from: START,
      training: training(parts, options),
      view: testViewAt(config, testSize),
      against: i === 0 ? null : 0,
      row: {
        name: 'from the same weights',
        views: null,
        trainSize,
        testSize,
        epochs: epochsFromStart(config),
        trainMacs: macs,
        note: null,
      },
    };
  });
}

function measuredLine(name: string, trainSize: number, view: EvalView): PlannedLine {
  const row = { name, views: null, trainSize, testSize: view.crop, epochs: 0, note: null };
  return { weights: TRUNK, from: TRUNK, training: null, view, against: null, row };
}

function tunedLineOf(parts: RecipeParts, tuning: Tuning, against: number): PlannedLine {
  const { config, arch, dataset } = parts;
  const { part, views, size } = tuning;
  const options = tuningOptions(config, arch, tuning);
  return {
    weights: `experiments/${part}-${views}-${size}`,
    from: TRUNK,
    training: training(parts, options),
    view: options.view,
    against,
    row: untestedRow(dataset, { ...config, arch }, tuning),
  };
}

function training(
  parts: RecipeParts,
  { name, size, seed, batchSize, spec, view, stages }: TrainingOptions,
): PlannedTraining {
  return {
    name,
    size,
    seed,
    batchSize,
    train: spec,
    test: view,
    stages: stages.map((stage) => plannedStage(parts, stage, { batchSize, size })),
  };
}

/** Parameters by their keys, so that the program there knows nothing of parts. */
function plannedStage(
  { arch, dataset }: RecipeParts,
  { trainable, method, lr, weightDecay, epochs, keeps = 'best', dropLast = false }: Stage,
  step: { batchSize: number; size: number },
) {
  const { optimiser, schedule, objective, grouping, averaging, patience } = method;
  const lone = lastPhotoIsLone({ arch, trainable, count: dataset.train.length, ...step });
  const groups = new Map<string, { lr: number; weightDecay: number; keys: string[] }>();
  const specs = stateSpecs(arch, dataset.classes.length);
  for (const { key, role } of specs) {
    const isBuffer = role === 'runningMean' || role === 'runningVariance' || role === 'batchesTracked';
    if (isBuffer || !trainable.isTrainable(key)) continue;
    const own = grouping?.(key) ?? { lr: 1, weightDecay: 1 };
    const name = `${own.lr} ${own.weightDecay}`;
    if (!groups.has(name)) groups.set(name, { ...own, keys: [] });
    groups.get(name)!.keys.push(key);
  }
  const norms = specs.flatMap(({ key, role }) => (role === 'runningMean' ? [key.replace(/\.running_mean$/, '')] : []));
  return {
    epochs,
    lr,
    weightDecay,
    keeps,
    optimiser,
    schedule,
    objective,
    averaging,
    patience,
    dropLast: dropLast || lone,
    groups: [...groups.values()],
    norms: norms.filter((name) => trainable.mode.trainsNorm(name)),
  };
}
