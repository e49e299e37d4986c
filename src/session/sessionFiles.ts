/** What a session hands out: its findings as files, and networks in other programs' formats. */
import { StudioError } from '../engine/base/errors';
import type { Orientations } from '../engine/dataset/types';
import type { ExportedFile } from '../engine/exports/model';
import type { AdapterReport } from '../engine/gpu/report';
import { weightsToSafetensors } from '../engine/train/checkpoint';
import type { Commands, ExportedBlob, ExportKind, WeightsSlot } from '../protocol/messages';
import { metadataOf, viewOf } from './checkpoint';
import { metricsJson, predictionsCsv } from './exports';
import { eventFiles, metricsCsv } from './metricSeries';
import { exportedModel, exportModel, type ModelExport, proofsOf, rememberProof, zipped } from './modelExport';
import type { Project } from './project';
import type { ProofMeans } from './proof';

export interface SessionFiles {
  project: Project;
  /** Null where no photos are open. */
  photos: { orientations: Orientations | null } | null;
  adapter: AdapterReport | null;
  /** What the host calls itself. */
  about: string;
  now: Date;
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
      return { blob: new Blob([metrics(files)], { type: 'application/json' }), fileName: 'metrics.json' };
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
    default:
      return what satisfies never;
  }
}

/** `means`: what the files are tried with, before they are handed out; null for none. */
export function exportNetwork(
  files: SessionFiles,
  { format, weights: slot = 'best' }: Commands['exportModel']['ask'],
  means: ProofMeans | null,
): Promise<ModelExport> {
  const checkpoint = files.project.weights.of(slot);
  return exportModel({
    format,
    model: exportedModel(checkpoint, files.project.results),
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
  const ofPhotos: ExportKind[] = evaluation ? ['metrics', 'metricsCsv', 'predictions'] : ['metrics', 'metricsCsv'];
  const kinds: ExportKind[] = ['weights', ...(photos ? ofPhotos : [])];
  const exported = await Promise.all(kinds.map((what) => exportFile(files, { what, weights: slot })));
  return [...exported.map(({ blob, fileName: path }) => ({ path, blob })), ...eventFiles(project.results)];
}

function predictions({ weights, dataset }: Project, slot: WeightsSlot): Blob {
  const checkpoint = weights.of(slot);
  const { evaluation } = checkpoint;
  const view = viewOf(checkpoint);
  if (!evaluation || !view) {
    const message = 'These weights have not been evaluated yet';
    throw new StudioError('needs-step', message, 'Run the sweep or an evaluation.');
  }
  return new Blob([predictionsCsv(dataset, evaluation, view)], { type: 'text/csv' });
}

function metrics({ project, photos, adapter, about, now }: SessionFiles): string {
  const { summary, results, weights } = project;
  return metricsJson({
    dataset: summary,
    orientations: photos?.orientations ?? null,
    results,
    adapter,
    userAgent: about,
    weights: weights.best() ?? null,
    slot: weights.bestSlot(),
    answers: project.answers(),
    proofs: proofsOf(weights.best()?.state),
    now: now.toISOString(),
  });
}
