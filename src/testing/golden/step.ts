/** A network of the golden values on a GPU, and one step of its training. */
import type { StudioBackend } from '../../engine/gpu/backend';
import type { Precision } from '../../engine/kernels/storage';
import type { Architecture } from '../../engine/models/meta';
import { accumulateGradients, type Network } from '../../engine/models/passes';
import { stateSpecs } from '../../engine/models/registry';
import type { NormMode } from '../../engine/nn/layers';
import { uploadState } from '../../engine/nn/state';
import type { MemoryPolicy } from '../../engine/nn/tape';
import type { Optimiser } from '../../engine/optim/optimiser';
import { goldenState } from './network';
import { images } from './values';

export const CLASSES = ['a', 'b', 'c', 'd', 'e'];

/** With the weights of `goldenState`, whatever the architecture. */
export function goldenNetwork(backend: StudioBackend, arch: Architecture) {
  const specs = stateSpecs(arch, CLASSES.length);
  return { arch, classes: CLASSES, state: uploadState(backend, specs, goldenState(specs)) };
}

export interface GoldenStep {
  mode: NormMode;
  keeps: MemoryPolicy;
  precision?: Precision;
  dropout?: { seed: number; firstRow: number };
}

/** One step on `batch` photos of the classes in turn: the loss, with the gradients left in the optimiser. */
export async function takeStep(
  backend: StudioBackend,
  network: Network,
  { mode, keeps, precision = 'float32', dropout }: GoldenStep,
  optimiser: Optimiser,
  input: { name: string; batch: number; size: number },
): Promise<number> {
  const { batch: rows, size } = input;
  const score = backend.allocate([2]);
  backend.clear(score);
  optimiser.clearGradients();
  const photos = backend.allocate([rows, size, size, 3]);
  backend.writeWords(photos, images(input.name, rows, size));
  const labels = backend.upload(Int32Array.from({ length: rows }, (_, i) => i % CLASSES.length));
  accumulateGradients(
    backend,
    network,
    { images: photos, labels },
    { mode, keeps, precision, dropout, gradients: optimiser.gradients, scaling: optimiser.scaling, score, rows },
  );
  const [loss = NaN] = await backend.download(score);
  for (const tensor of [score, photos, labels]) backend.release(tensor);
  return loss;
}
