/** What a session hands out: its findings as files, and networks in other programs' formats. */
import { StudioError } from '../engine/base/errors';
import type { StudioConfig } from '../engine/experiments/meta';
import type { ExportedFile } from '../engine/exports/model';
import type { AdapterReport } from '../engine/gpu/report';
import { ONNX_DEFAULTS } from '../engine/exports/meta';
import { trainingCheckpoint } from '../engine/exports/trainingCheckpoint';
import { weightsToSafetensors } from '../engine/train/checkpoint';
import type { RunState } from '../engine/train/runState';
import type { Commands, ExportedBlob, ExportKind } from '../protocol/messages';
import type { SimilarityMap } from '../protocol/photos';
import type { WeightsSlot } from '../protocol/weights';
import { apparentAccuracy } from './apparentAccuracy';
import { metadataOf, temperatureOf, viewOf } from './checkpoint';
import { mapCsv, metricsJson, type MetricsParts, photosCsv, predictionsCsv } from './exports';
import { eventFiles, metricsCsv } from './metricSeries';
import { exportedModel, exportModel, type ModelExport, proofsOf, rememberProof, zipped } from './modelExport';
import type { OpenPhotos } from './openPhotos';
import type { Project } from './project';
import type { ProofMeans } from './proof';
import { reportHtml } from './report/report';

export interface SessionFiles {
  project: Project;
  /** Null where no photos are open. */
  photos: Pick<OpenPhotos, 'orientations' | 'place' | 'sizes'> | null;
  /** Of the photos, where it was made with weights that are still there. */
  map: SimilarityMap | null;
  adapter: AdapterReport | null;
  /** What the host calls itself. */
  about: string;
  now: Date;
  /** Where a training stood when it was saved last, by the run's id; null where that is not kept. */
  runState: (id: string) => RunState | null;
  /** As the host has it. */
  pageProgram: () => Promise<string>;
}

/** @throws StudioError `needs-step` where there is nothing yet of what is asked for. */
export async function exportFile(
  files: SessionFiles,
  { what, weights: slot = 'best' }: Commands['exportFile']['ask'],
): Promise<ExportedBlob> {
  const { results, weights } = files.project;
  switch (what) {
    case 'metrics':
      return {
        blob: new Blob([metricsJson(await partsOf(files))], { type: 'application/json' }),
        fileName: 'metrics.json',
      };
    case 'report':
      return { blob: new Blob([reportHtml(await partsOf(files))], { type: 'text/html' }), fileName: 'report.html' };
    case 'metricsCsv':
      return { blob: new Blob([metricsCsv(results)], { type: 'text/csv' }), fileName: 'metrics.csv' };
    case 'tensorboard':
      return { blob: await zipped(eventFiles(results)), fileName: 'tensorboard.zip' };
    case 'weights': {
      const checkpoint = weights.of(slot);
      return { blob: weightsToSafetensors(checkpoint, metadataOf(checkpoint)), fileName: 'weights.safetensors' };
    }
    case 'predictions':
      return { blob: predictions(files.project, slot), fileName: 'predictions.csv' };
    case 'checkpoint':
      return { blob: await zipped(lastTraining(files)), fileName: 'checkpoint.zip' };
    case 'map': {
      if (!files.map) throw new StudioError('needs-step', 'There is no map of the photos', 'Make it under All photos.');
      return { blob: new Blob([mapCsv(files.project.dataset, files.map)], { type: 'text/csv' }), fileName: 'map.csv' };
    }
    case 'photos':
      return { blob: new Blob([photosCsv(files.project.dataset)], { type: 'text/csv' }), fileName: 'photos.csv' };
    default:
      return what satisfies never;
  }
}

/** @throws StudioError `not-exportable` for what cannot be handed over; `needs-step` where no photos are open. */
export async function trainElsewhere(files: SessionFiles, config: StudioConfig): Promise<ExportedBlob> {
  const { project, photos, runState, now } = files;
  const { torchrunFiles } = await import('./torchrun/files');
  const orientations = photos?.orientations ?? null;
  const folder = await torchrunFiles({ project, config, orientations, runState, now });
  return { blob: await zipped(folder), fileName: 'torchrun.zip' };
}

/** `means`: what the files are tried with, before they are handed out; null for none. */
export function exportNetwork(
  files: SessionFiles,
  { format, weights: slot = 'best', onnx }: Commands['exportModel']['ask'],
  means: ProofMeans | null,
): Promise<ModelExport> {
  const checkpoint = files.project.weights.of(slot);
  return exportModel({
    format,
    model: exportedModel(checkpoint, files.project.results),
    onnx: { ...ONNX_DEFAULTS, ...onnx },
    pageProgram: files.pageProgram,
    beside: () => besideNetworks(files, slot),
    onProof: (proof) => rememberProof(checkpoint.state, proof),
    proof: means,
  });
}

/** All else that there is of a session, for the archive of everything. */
async function besideNetworks(files: SessionFiles, slot: WeightsSlot): Promise<ExportedFile[]> {
  const { project, photos } = files;
  const { evaluation } = project.weights.of(slot);
  const ofPhotos: ExportKind[] = evaluation
    ? ['metrics', 'metricsCsv', 'report', 'predictions']
    : ['metrics', 'metricsCsv', 'report'];
  const kinds: ExportKind[] = ['weights', ...(photos ? ofPhotos : [])];
  const exported = await Promise.all(kinds.map((what) => exportFile(files, { what, weights: slot })));
  return [...exported.map(({ blob, fileName: path }) => ({ path, blob })), ...eventFiles(project.results)];
}

/** The newest training whose state is still kept, where it was saved last: the fine-tuning's, or else the baseline's. */
function lastTraining({ project, runState }: SessionFiles): ExportedFile[] {
  for (const run of ['finetune', 'baseline'] as const) {
    const result = project.results[run];
    const checkpoint = project.weights[run];
    const state = result && runState(result.id);
    if (!result || !checkpoint || !state?.optimiser) continue;
    const { arch, classes } = checkpoint;
    const { lr, weightDecay, tuneLr, tuneWeightDecay, momentum } = result.config;
    const own = run === 'finetune' ? { lr: tuneLr, weightDecay: tuneWeightDecay } : { lr, weightDecay };
    // Of an epoch under way the steps so far count as a part of it: there it begins anew.
    const epochs = Math.max(1, state.position.epoch - 1);
    const { network, optimiser } = state;
    const metadata = { ...metadataOf(checkpoint), origin: `${run}, after epoch ${epochs}` };
    return trainingCheckpoint({ arch, classes, network, optimiser, epochs, ...own, momentum, metadata });
  }
  const message = 'The state of no training is kept here: its optimiser is kept until another run begins';
  throw new StudioError('needs-step', message, 'Export it after a training, before the next step.');
}

function predictions(project: Project, slot: WeightsSlot): Blob {
  const { weights, dataset } = project;
  const checkpoint = weights.of(slot);
  const { evaluation } = checkpoint;
  const view = viewOf(checkpoint);
  if (!evaluation || !view) {
    project.checkFits(checkpoint);
    const message = 'These weights have not been evaluated yet';
    throw new StudioError('needs-step', message, 'Run the sweep or an evaluation.');
  }
  return new Blob([predictionsCsv(dataset, evaluation, { view, temperature: temperatureOf(checkpoint) })], {
    type: 'text/csv',
  });
}

async function partsOf({ project, photos, adapter, about, now }: SessionFiles): Promise<MetricsParts> {
  const { summary, results, weights } = project;
  return {
    dataset: summary,
    fromSample: photos?.place.place === 'sample',
    orientations: photos?.orientations ?? null,
    results,
    adapter,
    userAgent: about,
    weights: weights.best() ?? null,
    slot: weights.bestSlot(),
    answers: project.answers(),
    apparent: photos && (await apparentAccuracy(project, photos.sizes)),
    seeds: project.seeds,
    proofs: proofsOf(weights.best()?.state),
    now: now.toISOString(),
  };
}
