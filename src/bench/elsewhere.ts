/**
 * `npm run bench -- elsewhere [ARCH …]`: a run of whole networks handed over to PyTorch: three training steps, batch 8, 64 px, from
 * the studio's weights and views, every gradient beside the studio's; then baseline, sweep and fine-tuning on both sides. Prints
 * JSON; exit code 1 where a gradient is off by more than golden values may be, or a photo is answered otherwise.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import Papa from 'papaparse';
import type { RunRecord } from '../engine/base/records';
import { baselineOptions } from '../engine/experiments/baseline/run';
import { parseStudioConfig, type RunId, type StudioConfig } from '../engine/experiments/meta';
import type { Sample } from '../engine/dataset/types';
import type { StudioBackend } from '../engine/gpu/backend';
import { readFloats } from '../engine/gpu/readback';
import type { GpuTensor } from '../engine/gpu/recorder';
import { writeSafetensors } from '../engine/io/safetensors';
import { toTorchFilter, torchShape } from '../engine/io/torchLayout';
import { ARCHITECTURES, type Architecture, UNLISTED_ARCHITECTURES } from '../engine/models/meta';
import { trainedTensors } from '../engine/models/parts';
import { stateSpecs } from '../engine/models/registry';
import { releaseState, uploadState } from '../engine/nn/state';
import { newOptimiser } from '../engine/optim/optimiser';
import { readWeights, weightsToSafetensors } from '../engine/train/checkpoint';
import { trainEpoch } from '../engine/train/trainEpoch';
import { NodeDecoder } from '../hosts/node/decoder';
import { pathSource } from '../hosts/node/folderSource';
import { nodeBackend } from '../hosts/node/gpu';
import { handOver, openedSession, PAINTED, paintPhotos } from '../testing/handOver';
import { goldenState } from '../testing/golden/network';
import { pythonHas } from '../testing/python';
import { recordsIn, runThere, told } from '../testing/torchrun';
import { head } from './report';
import { significant } from './statistics';

const USUAL: readonly Architecture[] = ['resnet18', 'resnet50'];
/** Three batches of eight. */
const EACH = { train: 12, val: 6 };
/** Of a loss, relative, or ten times as much as PyTorch's own float32, as of gradients. */
const MOST = 1e-4;

const configOf = (arch: Architecture): StudioConfig =>
  parseStudioConfig(
    {
      arch,
      epochs: 1,
      batchSize: 8,
      trainSize: 64,
      evalResize: 80,
      optimizer: 'sgd',
      lr: 1e-4,
      weightDecay: 1e-4,
      sweepSizes: '48,64,96',
      tuneSize: 96,
      tuneEpochs: 1,
    },
    'quick',
  );

/** What elsewhere.py says of a step. */
interface StepThere {
  loss: { float32: number; float64: number };
  /** How many. */
  gradients: number;
  worst: { key: string; error: number; torchFloat32: number; ofAllowed: number };
}

export async function main(args: readonly string[]): Promise<number> {
  const known: readonly string[] = [...ARCHITECTURES, ...UNLISTED_ARCHITECTURES];
  const wrong = args.find((arg) => !known.includes(arg));
  if (wrong !== undefined) {
    console.error(`"${wrong}" is no network.\nUsage: npm run bench -- elsewhere [${USUAL.join('] [')}]`);
    return 2;
  }
  if (!pythonHas('torch', 'torchvision', 'PIL')) {
    console.error('PyTorch is not there: apt-get install python3-torch python3-torchvision');
    return 1;
  }
  const backend = await nodeBackend();
  const networks = [];
  for (const arch of args.length > 0 ? (args as readonly Architecture[]) : USUAL) {
    const root = await mkdtemp(path.join(os.tmpdir(), 'fixres-elsewhere-'));
    try {
      networks.push(await compared(backend, configOf(arch), root));
    } finally {
      await rm(root, { recursive: true });
    }
    console.error(JSON.stringify(networks.at(-1)));
  }
  const ok = networks.every(({ holds }) => holds);
  console.log(JSON.stringify({ ...head('elsewhere', args, backend.report), networks }, null, 2));
  return ok ? 0 : 1;
}

async function compared(backend: StudioBackend, config: StudioConfig, root: string) {
  const [photos, folder] = [path.join(root, 'photos'), path.join(root, 'handed')];
  await paintPhotos(photos, EACH);
  const records: RunRecord[] = [];
  const session = await openedSession(navigator.gpu, photos, (event) => {
    if (event.kind === 'records') records.push(...event.records);
  });
  // Golden values' weights: from random ones PyTorch's own float32 loses ResNet-50's gradients in the second step.
  const { arch } = config;
  const state = goldenState(stateSpecs(arch, PAINTED.length));
  const file = weightsToSafetensors({ arch, classes: PAINTED, state }, {});
  await session.importWeights({ file, name: 'golden' });
  await handOver(session, config, folder);

  const losses = await studioSteps(backend, config, { photos, folder, root });
  const program = path.join(import.meta.dirname, 'elsewhere.py');
  const steps = JSON.parse(await runThere({ folder, photos }, program, root)) as StepThere[];
  const compared = steps.map(({ loss, gradients, worst }, i) => ({
    lossOff: significant(Math.abs(losses[i]! / loss.float64 - 1), 2),
    torchFloat32LossOff: significant(Math.abs(loss.float32 / loss.float64 - 1), 2),
    gradients,
    worst,
  }));

  for (const run of ['baseline', 'sweep', 'finetune'] as RunId[]) await session.start({ run, config });
  await runThere({ folder, photos }, 'train.py');
  const [here, there] = [told(records), told(await recordsIn(path.join(folder, 'results')))];
  const known = path.join(root, 'known');
  await handOver(session, config, known);
  const answers = {
    epochs: alike(correctOf(here), correctOf(there)),
    sizes: alike(bySize(here), bySize(there)),
    // Of the studio's weights there, photo by photo: fails where one differs.
    verified: (await runThere({ folder: known, photos }, 'verify.py')).trim().split('\n'),
  };
  const lossesOff = here.losses.map((loss, i) => significant(Math.abs(loss / there.losses[i]! - 1), 2));
  const holds =
    compared.length === 3 &&
    compared.every(({ lossOff, torchFloat32LossOff, worst }) => {
      return lossOff < Math.max(MOST, 10 * torchFloat32LossOff) && worst.ofAllowed < 1;
    }) &&
    lossesOff.length === there.losses.length &&
    answers.epochs &&
    answers.sizes;
  return { arch: config.arch, holds, steps: compared, lossesOff, answers };
}

const alike = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
const correctOf = ({ epochs }: ReturnType<typeof told>) => epochs.map(({ validation }) => validation.correct);
const bySize = ({ points }: ReturnType<typeof told>) =>
  points
    .map(({ size, resize, correct, classes }) => [size, resize, correct, classes] as const)
    .sort((a, b) => a[0] - b[0] || a[1] - b[1]);

interface Places {
  photos: string;
  /** What was handed over. */
  folder: string;
  /** Where every step's gradients go, as gradients-1.safetensors and so on. */
  root: string;
}

/** The losses of the baseline's steps, from the handed-over weights on the photos of split.csv, each before its step. */
async function studioSteps(backend: StudioBackend, config: StudioConfig, places: Places): Promise<number[]> {
  const { photos, folder, root } = places;
  const { stages, ...options } = baselineOptions(config);
  const { trainable, method, lr, weightDecay } = stages[0]!;
  const { arch, classes, state } = await readWeights(
    new Blob([await readFile(path.join(folder, 'start.safetensors'))]),
  );
  const network = { arch, classes, state: uploadState(backend, stateSpecs(arch, classes.length), state) };
  const { trained, mode } = trainedTensors(network, trainable);
  const optimiser = newOptimiser(backend, trained, method.optimiser, { lr, weightDecay });
  const gradients: Promise<void>[] = [];
  let steps = 0;
  const watched = {
    ...optimiser,
    step(...rates: Parameters<typeof optimiser.step>) {
      gradients.push(storeGradients(backend, optimiser.gradients, path.join(root, `gradients-${++steps}.safetensors`)));
      optimiser.step(...rates);
    },
  };
  const context = {
    backend,
    loader: new NodeDecoder(await pathSource(photos)),
    signal: new AbortController().signal,
    precision: 'float32' as const,
    memoryBytes: 4e9,
    featureBytes: 0,
    tuneSeconds: 0,
    now: () => performance.now(),
    onUnreadable: (photo: string, reason: string) => {
      throw new Error(`${photo}: ${reason}`);
    },
  };
  const room = { microBatch: options.batchSize, level: 'lean' as const };
  const samples = await trainingSamples(folder, classes);
  const { objective } = method;
  const records: RunRecord[] = [];
  const epoch = trainEpoch(context, {
    ...options,
    samples,
    network,
    mode,
    room,
    objective,
    optimiser: watched,
    epoch: 1,
    epochs: 1,
  });
  for await (const record of epoch) records.push(record);
  await Promise.all(gradients);
  optimiser.release();
  releaseState(backend, network.state);
  return told(records).losses;
}

/** As a safetensors file by torchvision's keys and layout. Copies are asked for before this returns. */
async function storeGradients(backend: StudioBackend, gradients: ReadonlyMap<string, GpuTensor>, file: string) {
  const copies = [...gradients].map(async ([key, tensor]) => {
    const values = await readFloats(backend, tensor);
    const { buffer, byteOffset, byteLength } = tensor.shape.length === 4 ? toTorchFilter(values, tensor.shape) : values;
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    return [key, { dtype: 'F32' as const, shape: torchShape(tensor.shape), bytes }] as const;
  });
  const blob = writeSafetensors({ tensors: new Map(await Promise.all(copies)), metadata: {} });
  await writeFile(file, new Uint8Array(await blob.arrayBuffer()));
}

/** In the studio's order, as the folder lists them. */
async function trainingSamples(folder: string, classes: readonly string[]): Promise<Sample[]> {
  const text = await readFile(path.join(folder, 'split.csv'), 'utf8');
  const { data } = Papa.parse<{ path: string; label: string; split: string }>(text, {
    header: true,
    skipEmptyLines: true,
  });
  return data
    .filter(({ split }) => split === 'train')
    .map(({ path: photo, label }) => ({ path: photo, imageId: photo, label: classes.indexOf(label) }));
}
