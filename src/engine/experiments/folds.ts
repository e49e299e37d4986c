/** Photos in folds: a network a fold, trained as a baseline is on all others and asked about its own, which it has not seen. */
import { concatenate } from '../base/concatenate';
import { fork, permutation } from '../base/rng';
import type { RunRecord } from '../base/records';
import { byLabel, groupsOf } from '../dataset/splits';
import type { Dataset, Sample } from '../dataset/types';
import type { HostState } from '../nn/state';
import type { EvalView } from '../photo/view';
import type { Evaluation } from '../train/evaluate';
import type { Stage, TrainingOptions } from '../train/run';
import { epochsFromStart } from './baseline/meta';
import { photosOf, stagesOf } from './baseline/run';
import type { ExperimentContext } from './context';
import { EvaluationCache } from './evaluationCache';
import { type Answers, eachOf, evaluateViews, measurementName, referenceRow } from './evaluations';
import { finetuneOptions } from './finetune/run';
import type { StudioConfig } from './meta';
import { finetuneTrainable, type PlannedPhase, Planner, type RunSpec } from './planning';
import { trainAside } from './trainAt';
import { ownView, tunedViewAt } from './views';

export interface Folds {
  count: number;
  /** As the folder calls them; their numbers, from 1, where they were drawn. */
  names: readonly string[];
  /** The fold of each photo; -1: always trained on. */
  of: Int32Array;
}

/** The folder's own; null where it has none. */
export function givenFolds(samples: readonly Sample[]): Folds | null {
  const names = [...new Set(samples.flatMap(({ fold }) => fold ?? []))].sort(byNumber);
  if (names.length < 2) return null;
  return { count: names.length, names, of: Int32Array.from(samples, ({ fold }) => (fold ? names.indexOf(fold) : -1)) };
}

const byNumber = new Intl.Collator('en', { numeric: true }).compare;

type Placed = Sample & { at: number };

/** As many of each class in each as can be; photos of a group are in one. The same for the same seed. */
export function drawFolds(samples: readonly Sample[], count: number, seed: number): Folds {
  const of = new Int32Array(samples.length);
  const placed = samples.map((sample, at): Placed => ({ ...sample, at }));
  const names = Array.from({ length: count }, (_, i) => String(i + 1));
  if (samples.some(({ group }) => group)) return { count, names, of: groupedFolds(placed, count, seed) };
  // The next class goes on where the last one ended, so that folds are alike in size, too.
  let next = 0;
  for (const [label, members] of byLabel(placed)) {
    for (const i of permutation(fork(seed, label), members.length)) of[members[i]!.at] = next++ % count;
  }
  return { count, names, of };
}

/** The largest groups first, each to where its classes are fewest so far. */
function groupedFolds(samples: readonly Placed[], count: number, seed: number): Int32Array {
  const total = byLabel(samples);
  const held = Array.from({ length: count }, () => ({ photos: 0, labels: new Map<number, number>() }));
  const groups = groupsOf(samples);
  const order = [...permutation(fork(seed, 0), groups.length)].map((i) => groups[i]!);
  const of = new Int32Array(samples.length);
  for (const members of order.sort((a, b) => b.length - a.length)) {
    const own = [...byLabel(members)].map(([label, { length }]) => [label, length] as const);
    const cost = held.map(({ labels }) =>
      own.reduce((sum, [label, n]) => sum + (n * (labels.get(label) ?? 0)) / total.get(label)!.length, 0),
    );
    const least = held.reduce(
      (best, { photos }, fold) =>
        cost[fold]! < cost[best]! || (cost[fold] === cost[best] && photos < held[best]!.photos) ? fold : best,
      0,
    );
    const fold = held[least]!;
    fold.photos += members.length;
    for (const [label, n] of own) fold.labels.set(label, (fold.labels.get(label) ?? 0) + n);
    for (const { at } of members) of[at] = least;
  }
  return of;
}

/** What networks said of those of `samples` that they had not seen, in the order in which they were asked, all in one view. */
export interface OutOfFold extends Answers {
  view: EvalView;
  /** By networks that were fine-tuned for the view. */
  tuned: boolean;
}

interface Asked {
  samples: readonly Sample[];
  folds: Folds;
  initial: HostState;
  /** Beside the settings' own view. */
  views: readonly EvalView[];
  /** Each network is fine-tuned there, too, and asked again, px; 0: not. */
  tuneSize?: number;
}

/**
 * A row for each fold, in the settings' own view; what all of them said in each view, and last where they were fine-tuned. The
 * last epoch's weights are asked: the best would be chosen by the very photos. No weights are replaced.
 */
export async function* askFolds(
  context: ExperimentContext,
  config: StudioConfig,
  { samples, folds, initial, views, tuneSize = 0 }: Asked,
): AsyncGenerator<RunRecord, OutOfFold[], undefined> {
  const { batchSize, trainSize, arch } = config;
  const asked = [ownView(config), ...views].map((view) => ({ view, tuned: false }));
  if (tuneSize > 0) asked.push({ view: tunedViewAt(config, tuneSize), tuned: true });
  const evaluations: Evaluation[][] = asked.map(() => []);
  const photos: number[][] = asked.map(() => []);
  for (let fold = 0; fold < folds.count; fold++) {
    const own = samples.flatMap((_, photo) => (folds.of[photo] === fold ? [photo] : []));
    if (own.length === 0) continue;
    const seen: Dataset = {
      ...context.dataset,
      train: samples.filter((_, photo) => folds.of[photo] !== fold),
      validation: own.map((photo) => samples[photo]!),
    };
    const others = { ...context, dataset: seen, cache: new EvaluationCache() };
    const called = foldName(folds.names[fold]!);
    const name = `${called} (${fold + 1} of ${folds.count})`;
    const training = {
      ...photosOf(config),
      name,
      stages: stagesOf(config).map(keepingLast),
      view: ownView(config),
      initial,
    };
    const tuning = tuneSize > 0 ? tuningOf(config, tuneSize, name) : null;
    const names = [name, ...views.map((view) => measurementName(name, view)), ...(tuning ? [tuning.name] : [])];
    const measured = yield* knownOr(others, names, async function* () {
      const { evaluation, state } = yield* trainAside(others, arch, training);
      const more = yield* evaluateViews(others, { arch, state }, { batchSize, next: eachOf(views), name });
      if (!tuning) return [evaluation!, ...more];
      const tuned = yield* trainAside(others, arch, { ...tuning, initial: state });
      return [evaluation!, ...more, tuned.evaluation!];
    });
    const [evaluation] = measured;
    for (const [i, one] of measured.entries()) {
      evaluations[i]!.push(one);
      for (const index of one.indices) photos[i]!.push(own[index]!);
    }
    const row = referenceRow(called, trainSize, evaluation!);
    yield { kind: 'row', row: { ...row, epochs: epochsFromStart(config), fold: fold + 1 } };
  }
  return asked.map((one, i) => ({
    ...one,
    indices: Int32Array.from(photos[i]!),
    logits: concatenate(evaluations[i]!.map(({ logits }) => logits)),
  }));
}

/** "fold 3", where it is called by a number alone. */
const foldName = (name: string): string => (/^-?\d+$/.test(name) ? `fold ${name}` : name);

const keepingLast = (stage: Stage): Stage => ({ ...stage, keeps: 'last' });

/** Step 3, of the network of a fold. */
function tuningOf(config: StudioConfig, size: number, of: string): TrainingOptions {
  const options = finetuneOptions(config, config.arch, size);
  return { ...options, name: `${options.name} of ${of}`, stages: options.stages.map(keepingLast) };
}

/** What they came to in an earlier session, if all did. */
async function* knownOr(
  { ended }: Pick<ExperimentContext, 'ended'>,
  names: readonly string[],
  measure: () => AsyncGenerator<RunRecord, Evaluation[], undefined>,
): AsyncGenerator<RunRecord, Evaluation[], undefined> {
  const known = names.flatMap((name) => ended?.get(name) ?? []);
  return known.length === names.length ? known : yield* measure();
}

/** Of `images` photos in `folds`: each training, its own photos at `sizes` beside the view of training, and its fine-tuning. */
export function foldPhases(
  spec: RunSpec,
  asked: { images: number; folds: number; sizes: readonly number[]; tuneSize?: number },
): PlannedPhase[] {
  const { images, folds, sizes, tuneSize = 0 } = asked;
  const { arch, config } = spec;
  const held = Math.ceil(images / folds);
  const fold = new Planner({ ...spec, trainCount: images - held, validationCount: held });
  const training = { size: config.trainSize, testSize: ownView(config).crop };
  const how = { fixed: config.tuneAugmentation === 'test', dropLast: config.recipe === 'fastai' };
  return Array.from({ length: folds }, () => [
    ...fold.byRecipe(training),
    ...sizes.map((size) => fold.evaluation(size)),
    ...(tuneSize > 0 ? fold.tuning(finetuneTrainable(arch, config), tuneSize, how) : []),
  ]).flat();
}
