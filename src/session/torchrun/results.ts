/**
 * What came of a run elsewhere, read back: records.jsonl by the one fold of records, weights by their histories, answers for
 * every validation photo. Nothing is taken from a folder that does not fit the photos that are open.
 */
import { ActivationHistogram, BINS } from '../../engine/analysis/activations';
import { recommendSize } from '../../engine/analysis/bestSize';
import { StudioError } from '../../engine/base/errors';
import type { RunRecord, Score } from '../../engine/base/records';
import type { Dataset } from '../../engine/dataset/types';
import { hitsOf } from '../../engine/experiments/evaluations';
import { isExperiment, parseStudioConfig, RUNS, STEPS, type StudioConfig } from '../../engine/experiments/meta';
import type { FileTensor } from '../../engine/io/elements';
import { readSafetensors } from '../../engine/io/safetensors';
import { forwardMacs } from '../../engine/models/cost';
import type { EvalView } from '../../engine/photo/view';
import { readWeights } from '../../engine/train/checkpoint';
import type { Evaluation } from '../../engine/train/evaluate';
import type { NamedFile } from '../../protocol/messages';
import { endRun, newRun, reduceRun, type Results, type RunResult } from '../../protocol/results';
import { type Checkpoint, historyIn } from '../checkpoint';

export interface ReadResults {
  results: Results;
  weights: Partial<Record<'baseline' | 'finetune', Checkpoint>>;
  /** By whose answers they are. */
  evaluations: Record<'baseline' | 'finetune', readonly Evaluation[]>;
}

/** @throws StudioError `bad-dataset` for results of other photos; `bad-weights` for files that are broken. */
export async function readResults(files: readonly NamedFile[], dataset: Dataset): Promise<ReadResults> {
  const byName = new Map(below(files).map(({ path, file }) => [path, file]));
  const at = (name: string) => byName.get(name);
  const [metrics, records] = [at('metrics.json'), at(RECORDS)];
  if (!records) {
    const message = 'There is no records.jsonl in the folder: it holds no results of train.py';
    throw new StudioError('bad-dataset', message, 'Choose the folder "results" that train.py has written.');
  }
  if (metrics) checkDataset(await metrics.text(), dataset);
  const results = foldedResults(await records.text());
  const weights: ReadResults['weights'] = {};
  const evaluations: Record<'baseline' | 'finetune', readonly Evaluation[]> = { baseline: [], finetune: [] };
  for (const slot of ['baseline', 'finetune'] as const) {
    const file = at(`${slot}.safetensors`);
    if (!file) continue;
    const { arch, classes, state, metadata } = await readWeights(file);
    checkClasses(classes, dataset);
    const history = historyIn(metadata);
    const own = [...byName].filter(([name]) => name.startsWith(`evaluations/${slot}-`));
    evaluations[slot] = await Promise.all(own.map(([, one]) => readEvaluation(one)));
    const view = history.at(-1)?.view;
    const evaluation = evaluations[slot].find((one) => one.view.crop === view?.crop && one.view.resize === view.resize);
    if (history.length > 0) weights[slot] = { arch, classes, state, history, evaluation: evaluation ?? null };
  }
  const { sweep } = results;
  if (sweep && weights.baseline)
    results.sweep = withRecommendation(sweep, weights.baseline, evaluations.baseline, dataset);
  return { results, weights, evaluations };
}

/** Files by their paths in the folder of results, which may lie in the one that was handed over. */
function below(files: readonly NamedFile[]): readonly NamedFile[] {
  const within = files.find(({ path }) => path.endsWith(`/${RECORDS}`))?.path.slice(0, -RECORDS.length) ?? '';
  return files.flatMap(({ path, file }) =>
    path.startsWith(within) ? [{ path: path.slice(within.length), file }] : [],
  );
}

const RECORDS = 'records.jsonl';

function checkDataset(text: string, dataset: Dataset): void {
  const told = parsed(text)['dataset'] as { name: string; trainCount: number; validationCount: number } | undefined;
  const [train, validation] = [dataset.train.length, dataset.validation.length];
  if (!told || (told.trainCount === train && told.validationCount === validation)) return;
  throw new StudioError(
    'bad-dataset',
    `The results are of ${told.name}, ${told.trainCount} training and ${told.validationCount} validation photos; ${train} and ${validation} are open`,
    'Open the photos that they were made with.',
  );
}

function checkClasses(classes: readonly string[], dataset: Dataset): void {
  if (classes.length === dataset.classes.length && classes.every((name, i) => name === dataset.classes[i])) return;
  throw new StudioError(
    'bad-dataset',
    `The results tell ${classes.join(', ')} apart; the open photos are of ${dataset.classes.join(', ')}`,
    'Open the photos that they were made with.',
  );
}

/** A line each: the beginning of a run, its records, its end. One that has no end was stopped. */
function foldedResults(text: string): Results {
  const results: Results = {};
  let run: RunResult | null = null;
  let records: RunRecord[] = [];
  const close = (ended: 'done' | 'stopped', seconds: number | null) => {
    if (run) results[run.run] = endRun(reduceRun(run, records), { ended, error: null, seconds, copies: null });
    [run, records] = [null, []];
  };
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const record = parsed(line);
    if (record['kind'] === 'run') {
      close('stopped', null);
      run = begunRun(record);
    } else if (record['kind'] === 'end') {
      close('done', typeof record['seconds'] === 'number' ? record['seconds'] : null);
    } else records.push(record as RunRecord);
  }
  close('stopped', null);
  return results;
}

function begunRun({ run, config, size, startedAt }: Record<string, unknown>): RunResult {
  const known = RUNS.find((one) => one === run);
  if (!known || (!STEPS.some((step) => step === known) && !isExperiment(known))) throw broken();
  const settings: StudioConfig = parseStudioConfig(config as Record<string, unknown>);
  return newRun({ run: known, config: settings, size: Number(size), startedAt: String(startedAt) });
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // No line of ours.
  }
  throw broken();
}

const broken = () =>
  new StudioError(
    'bad-dataset',
    'records.jsonl cannot be read: a line of it is broken',
    'Copy the folder of results again.',
  );

async function readEvaluation(file: Blob): Promise<Evaluation> {
  const { tensors, metadata } = await readSafetensors(file);
  const numbers = async (name: string) => {
    const tensor = tensors.get(name) as FileTensor;
    return { tensor, bytes: (await tensor.read()).slice().buffer };
  };
  const [logits, indices, counts] = await Promise.all([numbers('logits'), numbers('indices'), numbers('activations')]);
  const view = { kind: 'eval', ...(JSON.parse(metadata['view']!) as object) } as EvalView;
  const all = new Float64Array(counts.bytes);
  const [zeros = 0, beyond = 0, aboveTwo = 0, sum = 0, beyondSum = 0, total = 0] = all.subarray(BINS.count);
  const bins = Uint32Array.from(all.subarray(0, BINS.count));
  const histogram = new ActivationHistogram({ bins, zeros, beyond, aboveTwo, sum, beyondSum, total });
  return {
    view,
    score: JSON.parse(metadata['score']!) as Score,
    indices: Int32Array.from(new BigInt64Array(indices.bytes), Number),
    logits: new Float32Array(logits.bytes),
    activations: histogram.summarise(view.crop),
    histogram,
    seconds: Number(metadata['seconds']),
  };
}

/** What the measured sizes recommend, where every photo's answer at every size is there. */
function withRecommendation(
  sweep: RunResult,
  { arch, classes }: Checkpoint,
  evaluations: readonly Evaluation[],
  dataset: Dataset,
): RunResult {
  const measured = sweep.points.flatMap(({ size, resize }) => {
    const one = evaluations.find(({ view }) => view.crop === size && view.resize === resize);
    const macs = forwardMacs(arch, size, classes.length);
    return one ? [{ size, hits: hitsOf(dataset, one), score: one.score, macs }] : [];
  });
  if (measured.length < Math.max(1, sweep.points.length)) return sweep;
  const { trainSize, selectBy } = sweep.config;
  return { ...sweep, recommendation: recommendSize(measured, trainSize, selectBy) };
}
