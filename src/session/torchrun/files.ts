/**
 * "Train elsewhere": a folder in which PyTorch goes on with the very run under torchrun. What is done there is `recipe.ts`, who
 * does it are the programs in `python/`, which are files of their own so that they can be read and tested as such.
 */
import Papa from 'papaparse';
import type { RunRecord } from '../../engine/base/records';
import type { Orientations } from '../../engine/dataset/types';
import { coarseSizes } from '../../engine/analysis/bestSize';
import { stagesOf } from '../../engine/experiments/baseline/run';
import { STEPS, type StepId, type StudioConfig } from '../../engine/experiments/meta';
import { ownView } from '../../engine/experiments/views';
import { type ExportedFile, jsonFile, textFile } from '../../engine/exports/model';
import type { StoredTensor } from '../../engine/io/elements';
import { writeSafetensors } from '../../engine/io/safetensors';
import type { Architecture } from '../../engine/models/meta';
import type { HostState } from '../../engine/nn/state';
import { torchTensors, weightsToSafetensors } from '../../engine/train/checkpoint';
import type { Evaluation } from '../../engine/train/evaluate';
import { SmoothedLoss } from '../../engine/train/smoothedLoss';
import type { RunState } from '../../engine/train/runState';
import { stepsOfEpoch } from '../../engine/train/trainEpoch';
import type { RunResult } from '../../protocol/results';
import { settingsOn } from '../../protocol/weights';
import { type Checkpoint, evalViewOf, metadataOf, validatedIn, viewOf } from '../checkpoint';
import type { Project } from '../project';
import fastaiRecipe from './python/fastai_recipe.py?raw';
import notebook from './python/notebook.py?raw';
import optimisers from './python/optimisers.py?raw';
import photos from './python/photos.py?raw';
import requirements from './python/requirements.txt?raw';
import results from './python/results.py?raw';
import sky from './python/sky.yaml?raw';
import slurm from './python/slurm.sbatch?raw';
import train from './python/train.py?raw';
import training from './python/training.py?raw';
import verify from './python/verify.py?raw';
import views from './python/views.py?raw';
import { readme } from './readme';
import { checkRecipe, plannedRuns } from './recipe';

const PROGRAMS = {
  'train.py': train,
  'training.py': training,
  'optimisers.py': optimisers,
  'fastai_recipe.py': fastaiRecipe,
  'views.py': views,
  'photos.py': photos,
  'results.py': results,
  'verify.py': verify,
  'notebook.py': notebook,
  'requirements.txt': requirements,
  'slurm.sbatch': slurm,
  'sky.yaml': sky,
} as const;

/** Changes with what the programs read. */
const VERSION = 2;

export interface TrainElsewhere {
  project: Project;
  /** Of the page, for whatever has not begun. */
  config: StudioConfig;
  orientations: Orientations | null;
  /** Where a training stood when it was saved last, by the run's id. */
  runState: (id: string) => RunState | null;
  now: Date;
}

/** @throws StudioError `not-exportable` for what the programs do not do; `needs-step` where no photos are open. */
export async function torchrunFiles(parts: TrainElsewhere): Promise<ExportedFile[]> {
  const { project, orientations, now } = parts;
  const { dataset, summary, weights } = project;
  const begun = begunRun(parts);
  const given = begun?.result.config ?? parts.config;
  const trunk = weights.trunk();
  const arch = trunk?.arch ?? given.arch;
  const startsAnew = arch === given.arch;
  const done = STEPS.filter((step) => project.results[step]?.ended === 'done' && step !== begun?.result.run);
  const isTrained = trunk !== undefined || begun !== null;
  const left = STEPS.filter((step) => !done.includes(step) && (step !== 'baseline' || startsAnew || !isTrained));
  const standing = left.includes('baseline') ? undefined : trunk;
  const config = whole(standing ? settingsOn(standing, given) : given);
  checkRecipe(config);
  const own = standing ? validatedIn(standing, config) : ownView(config);
  const runs = plannedRuns({ config, arch, dataset, startsAnew, validatedIn: own });
  const start = startsAnew ? weights.start(config, dataset.classes) : null;
  const { name, classes, trainCount, validationCount, testCount, format, settings, warningCounts } = summary;
  const checked = (['baseline', 'finetune'] as const).flatMap((slot) => {
    const checkpoint = weights[slot];
    return checkpoint ? [[slot, checkpoint] as const] : [];
  });
  const recipe = {
    format: 'fixres-studio-recipe',
    version: VERSION,
    writtenAt: now.toISOString(),
    network: arch,
    config,
    dataset: { name, classes, trainCount, validationCount, testCount, format, settings, warningCounts, orientations },
    left,
    runs,
    /** Sizes that the studio has measured, for a fine-tuning at the best of them. */
    swept: (project.results.sweep?.points ?? []).map(({ size, accuracy }) => ({ size, accuracy })),
    begun: begun && begunPlan(begun),
    /** What verify.py is to find again. */
    known: checked.flatMap(([slot, checkpoint]) => knownOf(slot, checkpoint)),
  };
  return [
    jsonFile('recipe.json', recipe),
    jsonFile('labels.json', dataset.classes),
    textFile('split.csv', splitCsv(project)),
    textFile('records.jsonl', recordLines(project, begun)),
    ...(start ? [await startFile(arch, dataset.classes, start)] : []),
    ...checked.map(([slot, checkpoint]) => weightsFile(slot, checkpoint)),
    ...checked.flatMap(([slot, { evaluation }]) => (evaluation ? [evaluationFile(slot, evaluation)] : [])),
    ...(begun ? [begunFile(arch, dataset.classes, begun.state)] : []),
    ...Object.entries(PROGRAMS).map(([path, text]) => textFile(path, text)),
    textFile('README.md', readme({ config, arch, dataset: summary, left, begun: begun?.result.run ?? null })),
  ];
}

/** Settings as they hold there: smaller copies are not made, and sizes are listed. */
function whole(config: StudioConfig): StudioConfig {
  const { sweepMode, sweepFrom: from, sweepTo: to } = config;
  if (sweepMode === 'sizes') return { ...config, cacheSide: 0 };
  // Where the search goes on after its first, coarse round depends on what is found.
  return { ...config, cacheSide: 0, sweepMode: 'sizes', sweepSizes: coarseSizes({ from, to }) };
}

interface Begun {
  result: RunResult;
  state: RunState;
}

/** The training that was stopped, where it was saved. */
function begunRun({ project, runState }: TrainElsewhere): Begun | null {
  for (const run of ['finetune', 'baseline'] as const) {
    const result = project.results[run];
    const state = result && result.ended !== 'done' ? runState(result.id) : null;
    if (!result || !state) continue;
    const { stage } = state.position;
    const stages = run === 'baseline' ? stagesOf(result.config).length : 1;
    // Between two stages there is no optimiser: the next one begins with its own.
    if (stage < stages && (state.optimiser || stage > 0)) return { result, state };
  }
  return null;
}

/** Where it stands, in the programs' words. */
function begunPlan({ result, state }: Begun) {
  const { position, progress, milliseconds, optimiser, average, kept } = state;
  const { stage, before, epoch, bestAccuracy, sinceBest } = position;
  const untold = progress.untold.map(({ record, images }) => ({ record, images }));
  const smoothed = new SmoothedLoss(state.smoothed);
  for (const { record } of untold) smoothed.add(record.loss);
  const sum = (of: (one: (typeof untold)[number]) => number) => untold.reduce((total, one) => total + of(one), 0);
  return {
    header: headerOf(result),
    seconds: result.seconds ?? 0,
    kept: kept?.origin ?? null,
    steps: optimiser?.steps ?? 0,
    averaged: average?.steps ?? 0,
    at: {
      stage,
      before,
      smoothed: smoothed.state().sum,
      batches: smoothed.state().batches,
      epoch,
      step: progress.steps,
      loss: progress.loss + sum(({ record, images }) => record.loss * images),
      correct: progress.correct + sum(({ record, images }) => Math.round(record.accuracy * images)),
      images: progress.images + sum(({ images }) => images),
      best: bestAccuracy,
      since: sinceBest,
      seconds: milliseconds / 1000,
    },
  };
}

/** Network, moments, average and the best weights so far, all by torchvision's keys below a folder each. */
function begunFile(arch: Architecture, classes: readonly string[], state: RunState): ExportedFile {
  const { network, optimiser, average, kept } = state;
  const tensors = new Map<string, StoredTensor>();
  const add = (folder: string, held: HostState) => {
    for (const [key, tensor] of torchTensors({ arch, classes, state: held })) tensors.set(`${folder}/${key}`, tensor);
  };
  add('network', network);
  if (average) add('average', average.weights);
  if (kept) add('kept', kept.state);
  optimiser?.moments.forEach((moment, i) => {
    // What is not trained has no moment, and is written as the weights that it is, only to be left out.
    const filled = new Map(
      [...network.tensors].map(([key, one]) => [key, { ...one, values: moment.get(key) ?? one.values }]),
    );
    for (const [key, tensor] of torchTensors({ arch, classes, state: { ...network, tensors: filled } })) {
      if (moment.has(key)) tensors.set(`moment${i}/${key}`, tensor);
    }
  });
  return { path: 'begun.safetensors', blob: writeSafetensors({ tensors, metadata: {} }) };
}

type Start = ReturnType<Project['weights']['start']>;

async function startFile(
  arch: Architecture,
  classes: readonly string[],
  { state, history }: Start,
): Promise<ExportedFile> {
  const weights = { arch, classes, state: await state };
  return { path: 'start.safetensors', blob: weightsToSafetensors(weights, { history: JSON.stringify(history) }) };
}

const weightsFile = (slot: string, checkpoint: Checkpoint): ExportedFile => ({
  path: `${slot}.safetensors`,
  blob: weightsToSafetensors(checkpoint, metadataOf(checkpoint)),
});

/** Every answer of the studio's, for verify.py to compare its own with. */
function evaluationFile(slot: string, { logits, indices }: Evaluation): ExportedFile {
  const places = BigInt64Array.from(indices, BigInt);
  const tensors = new Map<string, StoredTensor>([
    ['logits', tensorOf('F32', logits, [indices.length, logits.length / indices.length])],
    ['indices', tensorOf('I64', places, [indices.length])],
  ]);
  return { path: `known/${slot}.safetensors`, blob: writeSafetensors({ tensors, metadata: {} }) };
}

function tensorOf(
  dtype: StoredTensor['dtype'],
  { buffer, byteOffset, byteLength }: Float32Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>,
  shape: number[],
): StoredTensor {
  return { dtype, shape, bytes: new Uint8Array(buffer, byteOffset, byteLength) };
}

function knownOf(slot: string, checkpoint: Checkpoint) {
  const view = viewOf(checkpoint);
  const { evaluation } = checkpoint;
  return view && evaluation ? [{ weights: slot, view: evalViewOf(view), score: evaluation.score }] : [];
}

/** Every photo in the studio's order: its place in its split is what its views are drawn by. */
function splitCsv({ dataset: { train: trained, validation, test, classes } }: Project): string {
  const rows = [
    ...trained.map(({ path, label }) => [path, classes[label], 'train']),
    ...validation.map(({ path, label }) => [path, classes[label], 'validation']),
    ...test.map(({ path, label }) => [path, classes[label], 'test']),
  ];
  return `${Papa.unparse([['path', 'label', 'split'], ...rows], { newline: '\n' })}\n`;
}

/** What the steps have said so far, each run's beginning and end as lines of their own. */
function recordLines(project: Project, begun: Begun | null): string {
  const { results: done } = project;
  const lines = STEPS.flatMap((step: StepId) => {
    const result = done[step];
    if (!result || result.epochs.length + result.points.length + result.series.points.length === 0) return [];
    const isBegun = step === begun?.result.run;
    const untold = isBegun ? begun.state.progress.untold : [];
    return [
      { kind: 'run', id: result.id, ...headerOf(result) },
      ...recordsOf(result).filter(isBegun ? toldBefore(begun.state, project, result.config.batchSize) : () => true),
      ...untold.map(({ record, images }) => ({ kind: 'step', record, images })),
      ...(isBegun ? [] : [{ kind: 'end', ended: result.ended, seconds: result.seconds ?? 0 }]),
    ];
  });
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** What a run has said after it was saved is said again. */
function toldBefore({ position, progress }: RunState, { dataset }: Project, batchSize: number) {
  const perEpoch = stepsOfEpoch(dataset.train.length, { batchSize });
  const steps = (position.epoch - 1) * perEpoch + progress.steps - progress.untold.length;
  return (record: RunRecord): boolean => {
    if (record.kind === 'step') return record.record.globalStep <= steps;
    return record.kind !== 'epoch' || record.record.epoch < position.epoch;
  };
}

const headerOf = ({ run, config, size, startedAt }: RunResult) => ({ run, config, size, startedAt });

/** Records that a result can be made of again: of its steps, the means that charts show. */
function recordsOf({ series, epochs, points, reference, recommendation, shift, gain, config }: RunResult): RunRecord[] {
  const steps = series.points.map(({ step, loss, accuracy, count }) => {
    const epoch = epochs.find((one) => one.step >= step)?.record.epoch ?? epochs.length + 1;
    const record = { globalStep: step, epoch, loss, accuracy };
    const images = count * config.batchSize;
    return { at: step, record: { kind: 'step' as const, record, images } };
  });
  const ends = epochs.map(({ step, record }) => ({ at: step, record: { kind: 'epoch' as const, record } }));
  return [
    ...[...steps, ...ends].sort((a, b) => a.at - b.at).map(({ record }) => record),
    ...(reference ? [{ kind: 'sweepPoint', point: reference, reference: true } as const] : []),
    ...points.map((point) => ({ kind: 'sweepPoint', point, reference: false }) as const),
    ...(recommendation ? [{ kind: 'recommendation', recommendation } as const] : []),
    ...(shift ? [{ kind: 'shift', shift } as const] : []),
    ...(gain ? [{ kind: 'gain', gain } as const] : []),
  ];
}
