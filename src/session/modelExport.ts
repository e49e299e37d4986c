/** Networks in other programs' formats: which files, what they say of themselves, one of them or all in one archive. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { downloadZip } from 'client-zip';
import { StudioError } from '../engine/base/errors';
import { EXPORTS, MODEL_FORMATS, type ModelFormat, type OnnxOptions } from '../engine/exports/meta';
import type { ExportedFile, ExportedModel } from '../engine/exports/model';
import { page } from '../engine/exports/page';
import { EXPORTERS } from '../engine/exports/registry';
import { readZip } from '../engine/io/zip';
import { torchTensors, type Weights } from '../engine/train/checkpoint';
import type { ExportedBlob, ExportRefusal, Proof } from '../protocol/messages';
import type { TestView } from '../protocol/weights';
import type { HostState } from '../engine/nn/state';
import { proofPhotos, type ProofMeans, prove, refuseDifferent } from './proof';
import type { Results } from '../protocol/results';
import { type Checkpoint, evalViewOf, metadataOf, temperatureOf, viewOf } from './checkpoint';

export interface ModelExportOptions {
  format: ModelFormat | 'everything';
  model: ExportedModel;
  /** What the ONNX file is to be. */
  onnx: OnnxOptions;
  /** The script of the page that is given away. */
  pageProgram: () => Promise<string>;
  /** Null: nothing is proven. */
  proof: ProofMeans | null;
  /** Files that go into the archive of everything beside the networks. */
  beside: () => readonly ExportedFile[] | Promise<readonly ExportedFile[]>;
  /** Said of a file as soon as it is proven, whether it holds or not. */
  onProof: (proof: Proof) => void;
}

export interface ModelExport extends ExportedBlob {
  proofs: readonly Proof[];
  refused: readonly ExportRefusal[];
}

/**
 * @throws StudioError `not-exportable` where the one format that was asked for cannot say what the network does;
 * `export-differs` where a file says something else.
 */
export async function exportModel({
  format,
  model,
  onnx,
  pageProgram,
  proof,
  beside,
  onProof,
}: ModelExportOptions): Promise<ModelExport> {
  const photos = proof && (await proofPhotos(proof, model));
  const proofs: Proof[] = [];
  const one = async (which: ModelFormat): Promise<ExportedBlob> => {
    const files = which === 'page' ? await page(model, await pageProgram()) : EXPORTERS[which](model, onnx);
    const { fileName } = EXPORTS[which];
    const blob = files.length === 1 ? files[0]!.blob : await zipped(files);
    if (!proof || !photos) return { blob, fileName };
    // What is proven is what is handed out: an archive is opened again.
    const opened = files.length === 1 ? new Map([[files[0]!.path, blob]]) : await unzipped(blob);
    const said = await prove(proof, model, { format: which, onnx, files: opened, photos });
    proofs.push(said);
    onProof(said);
    refuseDifferent(said);
    return { blob, fileName };
  };
  if (format !== 'everything') return { ...(await one(format)), proofs, refused: [] };

  const refused: ExportRefusal[] = [];
  async function* everything(): AsyncGenerator<ExportedFile> {
    for (const which of MODEL_FORMATS) {
      try {
        const { blob, fileName } = await one(which);
        if (fileName.endsWith('.zip'))
          for (const [path, file] of await unzipped(blob)) yield { path: `${which}/${path}`, blob: file };
        else yield { path: `${which}/${fileName}`, blob };
      } catch (error) {
        if (!(error instanceof StudioError) || error.code !== 'not-exportable') throw error;
        refused.push({ format: which, reason: error.message });
      }
    }
    yield* await beside();
  }
  return { blob: await zipped(everything()), fileName: 'fixres-studio.zip', proofs, refused };
}

/**
 * Weights with the view that they do best in, as far as it was measured, and all that is known of them.
 * @throws StudioError `needs-step` where nobody has said how photos are to be made ready for them.
 */
export function exportedModel(checkpoint: Checkpoint, results: Results): ExportedModel {
  const { arch, classes, state, history } = checkpoint;
  const view = viewOf(checkpoint);
  if (!view) {
    const message = 'It is not known how these weights want photos resized, cropped and normalised';
    throw new StudioError('needs-step', message, 'Measure their accuracy with the right settings first.');
  }
  const { config, data, run } = history.findLast((link) => link.run !== 'import') ?? {};
  return {
    arch,
    classes,
    state,
    view: evalViewOf(view),
    respectExif: view.respectExif,
    temperature: temperatureOf(checkpoint),
    trainSize: (run === 'finetune' ? view.crop : config?.trainSize) ?? null,
    measured: measuredOf(checkpoint, view, results),
    metadata: {
      ...metadataOf(checkpoint),
      weights_sha256: weightsHash({ arch, classes, state }),
      ...(data && { dataset: data.name }),
    },
  };
}

/** Scores at other sizes are the sweep's where it measured these very weights: their view is one of its. */
function measuredOf({ history }: Checkpoint, view: TestView, { sweep }: Results): ExportedModel['measured'] {
  const last = history.at(-1)!;
  const swept = last.run !== 'finetune' && sweep?.points.some(({ size }) => size === view.crop) ? sweep.points : [];
  if (swept.length > 0)
    return swept.map(({ resize, size, accuracy, count }) => ({ resize, crop: size, accuracy, count }));
  const { resize, crop } = view;
  return last.score ? [{ resize, crop, accuracy: last.score.accuracy, count: last.score.count }] : [];
}

/** One a format, the newest last; of weights that may be let go of. */
const remembered = new WeakMap<HostState, readonly Proof[]>();

/** What was found out about files of these weights. */
export const proofsOf = (state: HostState | undefined): readonly Proof[] => (state && remembered.get(state)) ?? [];

export function rememberProof(state: HostState, proof: Proof): void {
  remembered.set(state, [...proofsOf(state).filter(({ format }) => format !== proof.format), proof]);
}

/** What every file says of the weights' identity: the SHA-256 of their bytes in torchvision's order. */
export function weightsHash(weights: Weights): string {
  const hash = sha256.create();
  for (const { bytes } of torchTensors(weights).values()) hash.update(bytes);
  return bytesToHex(hash.digest());
}

type Files = Iterable<ExportedFile> | AsyncIterable<ExportedFile>;

/** An archive of stored entries, put together file by file. */
export async function zipped(files: Files): Promise<Blob> {
  const entries = async function* () {
    for await (const { path, blob } of files) yield { name: path, input: blob };
  };
  return downloadZip(entries()).blob();
}

async function unzipped(blob: Blob): Promise<Map<string, Blob>> {
  const entries = await readZip(blob);
  const files = new Map<string, Blob>();
  for (const [path, { open }] of entries) files.set(path, await open());
  return files;
}
