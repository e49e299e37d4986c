/** Kept runs and published ones as curves over one another, and where their settings differ. */
import { cdfDistances } from '../engine/analysis/cdfDistance';
import { judgeLearned } from '../engine/analysis/learned';
import { SELECTION_NAMES, selectedValue } from '../engine/analysis/score';
import { bestPoint } from '../engine/analysis/sizeChoice';
import { valueText } from '../engine/base/config';
import type { DatasetSummary } from '../engine/dataset/types';
import { STUDIO_FIELDS, type StudioConfig } from '../engine/experiments/meta';
import { type EpochRecord, isKept, type Score, type Selection, type SweepPoint } from '../engine/base/records';
import { formatAccuracy, formatNoun } from '../words/format';
import { guessingWords } from '../words/verdictParts';
import { photosOf } from './keptRuns';
import type { KeptRun } from './state';

export type CurvePart = 'training' | 'tuned' | 'tuned training';

export interface Curve {
  name: string;
  /** What of the run it is, as `name` ends; none for published ones and where a run has one curve. */
  ending?: string;
  /** Not measured here. */
  published: boolean;
  /** Which of the runs' colours: a run has one in all charts. */
  color: number;
  /** What of the run it is, where one colour stands for several curves; the baseline's validation if not given. */
  part?: CurvePart;
  /** `digitised`: read off a plot, as no text or table tells it. */
  points: readonly { x: number; y: number; digitised?: boolean }[];
}

/** Accuracies in percent; losses in nats; CDFs by activation, shares in percent. */
export interface Curves {
  epochs: Curve[];
  losses: Curve[];
  sizes: Curve[];
  activations: Curve[];
}

/**
 * The validation accuracy and both losses by epoch, accuracy by test resolution, and activations at `size`, where a run has
 * measured it, or else at each one's best.
 */
export function curvesOf(
  runs: readonly KeptRun[],
  colors: ReadonlyMap<string, number>,
  size: number | null = null,
): Curves {
  const names = distinctNames(runs);
  const own = ({ id }: KeptRun, more: string, points: Curve['points'], part?: CurvePart): Curve[] => {
    const name = `${names.get(id)}${more}`;
    const color = colors.get(id) ?? 0;
    return points.length > 0
      ? [{ name, ...(more && { ending: more }), published: false, color, ...(part && { part }), points }]
      : [];
  };
  return {
    epochs: runs.flatMap((run) => [
      ...own(run, '', accuracies(run.baseline)),
      ...own(run, ', fine-tuned', accuracies(run.finetune?.epochs ?? []), 'tuned'),
    ]),
    losses: runs.flatMap((run) => [
      ...own(run, ', training', losses(run.baseline, 'train'), 'training'),
      ...own(run, ', validation', losses(run.baseline, 'validation')),
      ...own(run, ', fine-tuned, training', losses(run.finetune?.epochs ?? [], 'train'), 'tuned training'),
      ...own(run, ', fine-tuned, validation', losses(run.finetune?.epochs ?? [], 'validation'), 'tuned'),
    ]),
    sizes: runs.flatMap((run) =>
      own(
        run,
        '',
        run.sweep.map(({ size, accuracy }) => ({ x: size, y: 100 * accuracy })),
      ),
    ),
    activations: runs.flatMap((run) => {
      const point = pointAt(run, size);
      return point ? own(run, `, ${point.size} px`, percentCdf(point.activations.cdf)) : [];
    }),
  };
}

/** At that size, or at the best one where none is asked for. */
const pointAt = ({ sweep, config }: KeptRun, size: number | null): SweepPoint | null =>
  size === null ? bestPoint(sweep, config.selectBy) : (sweep.find((point) => point.size === size) ?? null);

/** Test resolutions that at least two of the runs have measured, px. */
export function sharedSizes(runs: readonly KeptRun[]): number[] {
  const all = runs.flatMap(({ sweep }) => sweep.map(({ size }) => size));
  const shared = new Set(all.filter((size, i) => all.indexOf(size) !== i));
  return [...shared].sort((a, b) => a - b);
}

/** How far each run's activations are from the first one's, at `size` or at each one's best. */
export function activationDistances(
  runs: readonly KeptRun[],
  size: number | null,
): { name: string; from: string; ks: number; w1: number }[] {
  const names = distinctNames(runs);
  const measured = runs.flatMap((run) => {
    const point = pointAt(run, size);
    return point ? [{ name: `${names.get(run.id)}, ${point.size} px`, cdf: point.activations.cdf }] : [];
  });
  const [first, ...others] = measured;
  return others.map(({ name, cdf }) => ({ name, from: first!.name, ...cdfDistances(first!.cdf, cdf) }));
}

export const RUN_COLUMNS = ['name', 'baseline', 'sweep', 'finetune'] as const;
export type RunColumn = (typeof RUN_COLUMNS)[number];

/** By a column, runs without a figure in it last; those whose words say what is looked for. As they come without either. */
export function listedRuns(
  runs: readonly KeptRun[],
  { by, descending, search, tag }: { by: RunColumn | null; descending: boolean; search: string; tag: string | null },
): KeptRun[] {
  const wanted = search.trim().toLowerCase();
  const found = runs.filter(
    ({ name, note, tags = [], dataset }) =>
      (tag === null || tags.includes(tag)) &&
      [name, note, ...tags, dataset.name].some((words) => words.toLowerCase().includes(wanted)),
  );
  if (!by) return found;
  const way = descending ? -1 : 1;
  if (by === 'name') return found.sort((a, b) => way * a.name.localeCompare(b.name));
  const rank = (run: KeptRun) => {
    const accuracy = accuraciesOf(run)[by]?.accuracy;
    return accuracy === undefined ? Infinity : way * accuracy;
  };
  return found.sort((a, b) => rank(a) - rank(b));
}

/** "slow, green , slow" → slow and green. */
export const tagsOf = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
  ),
];

/** All that runs have, from A to Z. */
export const tagsIn = (runs: readonly KeptRun[]): string[] =>
  [...new Set(runs.flatMap(({ tags = [] }) => tags))].sort((a, b) => a.localeCompare(b));

/** A colour a run, by its age, so that it keeps it when newer ones come. */
export function runColors(runs: readonly KeptRun[]): ReadonlyMap<string, number> {
  const oldestFirst = runs.map(({ id }) => id).sort();
  return new Map(oldestFirst.map((id, i) => [id, i]));
}

/** What runs without a name are called. */
export const UNNAMED = 'unnamed';

/** As the list calls it. */
export const listedName = ({ name }: Pick<KeptRun, 'name'>): string => name.trim() || UNNAMED;

/** "a was deleted.", "2 runs were deleted." */
export function deletedSentence([first, ...others]: readonly [KeptRun, ...KeptRun[]]): string {
  if (others.length > 0) return `${formatNoun(others.length + 1, 'run')} were deleted.`;
  if (first.name.trim() !== '') return `${first.name} was deleted.`;
  return `The unnamed run of ${new Date(first.id).toLocaleString()} was deleted.`;
}

/** Names that two runs share get their time of day behind them. */
function distinctNames(runs: readonly KeptRun[]): ReadonlyMap<string, string> {
  const count = (name: string) => runs.filter((run) => listedName(run) === name).length;
  return new Map(
    runs.map((run) => {
      const name = listedName(run);
      return [run.id, count(name) > 1 ? `${name} (${new Date(run.id).toLocaleTimeString()})` : name];
    }),
  );
}

/** Which run reached most, of those on the open photos, or else on the newest one’s: others do not compare. */
export function runsSentence(runs: readonly KeptRun[], open: DatasetSummary | null = null): string {
  const [newest] = runs;
  if (!newest) return 'Runs are kept in this browser: lay them over one another, and over published ones.';
  const stepsOn = (photos: KeptRun['dataset']) =>
    runs.filter(({ dataset }) => JSON.stringify(dataset) === JSON.stringify(photos)).flatMap(measuredSteps);
  const ofOpen = open ? stepsOn(photosOf(open)) : [];
  const steps = ofOpen.length > 0 ? ofOpen : stepsOn(newest.dataset);
  const { by, name } = comparedBy(steps);
  const valueOf = ({ score }: MeasuredStep) => selectedValue(score, by);
  const most = Math.max(...steps.map(valueOf));
  const first = steps.find((step) => valueOf(step) === most);
  if (!first) return `${formatNoun(runs.length, 'run')} kept in this browser.`;
  const count = new Set(steps.map(({ run }) => run.id)).size;
  const leaders = new Set(steps.flatMap((step) => (valueOf(step) === most ? [step.run.id] : []))).size;
  const reached = `reached ${count > leaders ? 'most, ' : ''}${formatAccuracy(most, first.score.count)}${name && ` of ${name}`}`;
  const on = `${formatNoun(count, 'run')} on ${first.run.dataset.name}:`;
  const doubt = open && ofOpen.length > 0 ? guessingDoubt(first.score, open, by) : '';
  if (leaders > 1) return `${on} ${leaders === count ? 'each' : `${leaders} of them`} ${reached}${doubt}.`;
  return `${on} “${distinctNames(runs).get(first.run.id)}” ${reached} (${first.at})${doubt}.`;
}

/** ", no better than guessing (23.2 %)", where that is so. */
function guessingDoubt(score: Score, { classes }: DatasetSummary, by: Selection): string {
  const judged = judgeLearned(score, classes, by);
  return judged.learned || judged.reason === 'too-few-photos' ? '' : `, ${guessingWords(judged, score)}`;
}

interface MeasuredStep {
  run: KeptRun;
  score: Score;
  /** "baseline at 96 px". */
  at: string;
}

/** What was tuned comes first: of steps that reached as much it is the one told. */
function measuredSteps(run: KeptRun): MeasuredStep[] {
  const { baseline, sweep, finetune } = accuraciesOf(run);
  return [
    ...(finetune ? [{ run, score: finetune, at: `fine-tuned at ${run.finetune?.size} px` }] : []),
    ...(baseline ? [{ run, score: baseline, at: 'baseline' }] : []),
    ...(sweep ? [{ run, score: sweep, at: `baseline at ${sweep.size} px` }] : []),
  ];
}

/** By what all of them were chosen; by accuracy, and named so, where that is not the same. Of accuracy nobody need be told. */
function comparedBy(steps: readonly MeasuredStep[]): { by: Selection; name: string } {
  const [by = 'accuracy'] = steps.map(({ run }) => run.config.selectBy);
  const isShared = steps.every(({ run, score }) => run.config.selectBy === by && score[by] !== undefined);
  if (!isShared) return { by: 'accuracy', name: SELECTION_NAMES.accuracy };
  return { by, name: by === 'accuracy' ? '' : SELECTION_NAMES[by] };
}

const accuracies = (epochs: readonly EpochRecord[]) =>
  epochs.map(({ epoch, validation }) => ({ x: epoch, y: 100 * validation.accuracy }));

const losses = (epochs: readonly EpochRecord[], split: 'train' | 'validation') =>
  epochs.map((record) => ({ x: record.epoch, y: record[split].loss }));

const percentCdf = (cdf: SweepPoint['activations']['cdf']) => cdf.map(({ x, p }) => ({ x, y: 100 * p }));

/** Rows of a chart with one column a curve, by its place; x of all curves, in order. */
export function overlayRows(curves: readonly Curve[]): Record<string, number>[] {
  const rows = new Map<number, Record<string, number>>();
  curves.forEach(({ points }, i) => {
    for (const { x, y } of points) rows.set(x, { ...rows.get(x), x, [String(i)]: y });
  });
  return [...rows.values()].sort((a, b) => a['x']! - b['x']!);
}

/** Settings that are not the same in all runs. */
export function differingSettings(runs: readonly KeptRun[]): { label: string; values: string[] }[] {
  const keys = Object.keys(STUDIO_FIELDS) as (keyof StudioConfig)[];
  return keys.flatMap((key) => {
    const field = STUDIO_FIELDS[key];
    const values = runs.map(({ config }) => (key in config ? valueText(field, config[key]) : '–'));
    return new Set(values).size > 1 ? [{ label: field.label, values }] : [];
  });
}

/** A run's results in short: each step's best. */
export function figuresOf(run: KeptRun): string[] {
  const { finetune } = run;
  const { baseline: own, sweep: best, finetune: tuned } = accuraciesOf(run);
  return [
    own ? accuracyOf(own) : '–',
    best ? `${accuracyOf(best)} at ${best.size} px` : '–',
    finetune && tuned ? `${accuracyOf(tuned)} at ${finetune.size} px` : '–',
  ];
}

/** Each step's best; undefined where there is none. */
function accuraciesOf({
  baseline,
  sweep,
  finetune,
  config,
}: Pick<KeptRun, 'baseline' | 'sweep' | 'finetune' | 'config'>) {
  const bestEpoch = (epochs: readonly EpochRecord[]) => epochs.findLast(isKept)?.validation;
  return {
    baseline: bestEpoch(baseline),
    sweep: bestPoint(sweep, config.selectBy) ?? undefined,
    finetune: finetune ? bestEpoch(finetune.epochs) : undefined,
  };
}

const accuracyOf = ({ accuracy, count }: Score) => formatAccuracy(accuracy, count);
