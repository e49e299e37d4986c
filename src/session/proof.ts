/**
 * Whether an exported file says what the network says: the very file is opened by the program that it is made for, and both
 * look at some validation photos. What torch and timm read is read back by the studio, for want of PyTorch.
 */
import { concatenate } from '../engine/base/concatenate';
import { type Agreement, compareLogits } from '../engine/analysis/agreement';
import { StudioError } from '../engine/base/errors';
import type { Dataset, Sample } from '../engine/dataset/types';
import { probabilitiesOf } from '../engine/analysis/score';
import { type ModelFormat, ONNX_DEFAULTS, type OnnxOptions } from '../engine/exports/meta';
import { type ExportedModel, normalizationOf } from '../engine/exports/model';
import type { StudioBackend } from '../engine/gpu/backend';
import { readFloats } from '../engine/gpu/readback';
import type { GpuTensor } from '../engine/gpu/recorder';
import { resample } from '../engine/kernels/resample/resample';
import { predict } from '../engine/models/passes';
import { stateSpecs } from '../engine/models/registry';
import { releaseState, uploadState } from '../engine/nn/state';
import type { EvalView, LoadedView, PhotoLoader } from '../engine/photo/view';
import { readWeights, type Weights } from '../engine/train/checkpoint';
import type { Proof } from '../protocol/messages';
import { unitOf } from '../words/exports';
import type { ExportFiles, Host } from './host';

/** Enough to tell a wrong file; a ResNet-50 takes seconds a photo on a processor. */
const PHOTOS = 8;
/** Two at once, so that the files prove that they take any number. */
const BATCH = 2;

export interface ProofMeans {
  backend: StudioBackend;
  loader: PhotoLoader;
  dataset: Pick<Dataset, 'validation'>;
  runForeign: Host['runForeign'];
}

/** Photos as every program is given them, and what the network in memory says of them. */
export interface ProofPhotos {
  /** RGB in [0, 1]. */
  batches: readonly { images: Float32Array<ArrayBuffer>; shape: readonly [number, number, number] }[];
  /** The same photos as the studio's own network is given them. */
  loaded: readonly (readonly LoadedView[])[];
  /** [photos, K] */
  logits: Float32Array;
}

/** @throws StudioError `bad-dataset` where none of the photos can be read; `not-finite` where the network is broken itself. */
export async function proofPhotos(means: ProofMeans, model: ExportedModel): Promise<ProofPhotos> {
  const all = await loadSome(means, model);
  const size = model.view.crop;
  const loaded = Array.from({ length: Math.ceil(all.length / BATCH) }, (_, i) => all.slice(i * BATCH, (i + 1) * BATCH));
  const batches = [];
  for (const part of loaded) {
    const plain = part.map((one) => ({ ...one, view: { ...one.view, normalize: false } }));
    const images = await drained(means.backend, resample(means.backend, plain));
    batches.push({ images, shape: [part.length, size, size] as const });
  }
  const logits = await logitsOf(means.backend, model, loaded);
  if (!logits.every(Number.isFinite)) {
    const message = 'The network’s answers are no numbers: its training has diverged';
    throw new StudioError('not-finite', message, 'Train it again at a lower learning rate.');
  }
  return { batches, loaded, logits };
}

/** @throws StudioError `export-differs` where the file cannot be opened. */
export async function prove(
  means: Pick<ProofMeans, 'backend' | 'runForeign'>,
  model: ExportedModel,
  { onnx, ...exported }: Exported & { onnx: OnnxOptions },
): Promise<Proof> {
  const { format, photos } = exported;
  const { output, normalization } = format === 'onnx' ? onnx : ONNX_DEFAULTS;
  const given = normalization === 'outside' ? { ...exported, photos: normalized(photos, model.view) } : exported;
  const { runtime, logits } = await run(means, given).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StudioError('export-differs', `The ${format} file cannot be opened: ${reason}`, REPORT);
  });
  const classes = model.classes.length;
  const expected =
    output === 'logits' ? photos.logits : probabilitiesOf(photos.logits, classes, model.temperature ?? 1);
  const agreement: Agreement = compareLogits(expected, logits, classes);
  return { format, output, runtime, size: model.view.crop, ...agreement };
}

/** As whoever calls a file that does not normalise gives it photos. */
function normalized({ batches, ...rest }: ProofPhotos, view: EvalView): ProofPhotos {
  const { mean, std } = normalizationOf(view);
  const of = (images: Float32Array<ArrayBuffer>) => images.map((value, i) => (value - mean[i % 3]!) / std[i % 3]!);
  return { ...rest, batches: batches.map(({ images, shape }) => ({ images: of(images), shape })) };
}

interface Exported {
  format: ModelFormat;
  files: ExportFiles;
  photos: ProofPhotos;
}

const REPORT = 'Export another format, and report this: the file was not handed out.';

/** @throws StudioError `export-differs` where it does not hold. */
export function refuseDifferent({
  format,
  output,
  runtime,
  largestDifference,
  equalAnswers,
  photos,
  holds,
}: Proof): void {
  if (holds) return;
  throw new StudioError(
    'export-differs',
    `The ${format} file, opened by ${runtime}, does not say what the network says: a ${unitOf(output)} differs by ${largestDifference.toPrecision(2)}, and ${equalAnswers} of ${photos} answers are equal`,
    REPORT,
  );
}

async function run(
  means: Pick<ProofMeans, 'backend' | 'runForeign'>,
  { format, files, photos }: Exported,
): Promise<{ runtime: string; logits: Float32Array }> {
  switch (format) {
    case 'pth':
      return readBack(means.backend, files.get('model.pth')!, photos);
    case 'timm':
      return readBack(means.backend, files.get('model.safetensors')!, photos);
    case 'onnx':
    case 'transformers':
    case 'tfjs':
    case 'page': {
      const { runtime, logits } = await means.runForeign({ format, files, batches: photos.batches });
      return { runtime, logits: concatenate(logits) };
    }
    default:
      return format satisfies never;
  }
}

async function readBack(backend: StudioBackend, file: Blob, { loaded }: ProofPhotos) {
  return { runtime: 'the studio’s reader', logits: await logitsOf(backend, await readWeights(file), loaded) };
}

/** Spread over the validation photos; those that cannot be read are left out. */
async function loadSome({ dataset, loader }: ProofMeans, { view }: ExportedModel): Promise<LoadedView[]> {
  const { validation } = dataset;
  const count = Math.min(PHOTOS, validation.length);
  const chosen = Array.from({ length: count }, (_, i) => validation[Math.floor((i * validation.length) / count)]!);
  const { signal } = new AbortController();
  const loads = await Promise.allSettled(chosen.map(({ path }: Sample) => loader.load(path, view, null, signal)));
  const loaded = loads.flatMap((load) => (load.status === 'fulfilled' ? [load.value] : []));
  if (loaded.length > 0) return loaded;
  throw new StudioError('bad-dataset', `None of ${count} validation photos could be read`, 'Open the folder again.');
}

async function logitsOf(
  backend: StudioBackend,
  { arch, classes, state }: Weights,
  loaded: ProofPhotos['loaded'],
): Promise<Float32Array> {
  const uploaded = uploadState(backend, stateSpecs(arch, classes.length), state);
  try {
    const rows: Float32Array[] = [];
    for (const part of loaded) {
      const images = resample(backend, part);
      const { logits, pooled } = predict(backend, { arch, classes, state: uploaded }, images);
      for (const tensor of [images, pooled]) backend.release(tensor);
      rows.push(await drained(backend, logits));
    }
    backend.gpu.throwIfFailed();
    return concatenate(rows);
  } finally {
    releaseState(backend, uploaded);
  }
}

function drained(backend: StudioBackend, tensor: GpuTensor): Promise<Float32Array<ArrayBuffer>> {
  const values = readFloats(backend, tensor);
  backend.release(tensor);
  return values;
}
