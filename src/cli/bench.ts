/**
 * `npm run bench -- step|layers [--arch resnet18] [--batch 16] [--size 64] [--repeats 5]`: times the engine in Node on
 * whatever GPU Dawn finds (VK_ICD_FILENAMES chooses a software driver) and prints JSON.
 *
 * step    a whole training step, AdamW included
 * layers  every convolution of the network, forward and both gradients
 *
 * In a browser: `loader`, `decoding` and `files`, see the files of these names in `bench/`.
 */
import { parseArgs } from 'node:util';
import { dispose, memory, tensor1d, tensor4d, zeros } from '@tensorflow/tfjs-core';
import { fork } from '../engine/base/rng';
import type { StudioBackend } from '../engine/gpu/backend';
import { ARCHITECTURES, type Architecture } from '../engine/models/meta';
import { nodeBackend } from '../testing/nodeGpu';

interface Options {
  arch: Architecture;
  batch: number;
  size: number;
  repeats: number;
}

const CLASSES = ['a', 'b', 'c', 'd', 'e'];

/** Benches that need a browser rather than a GPU in Node. */
const IN_BROWSER: Readonly<Record<string, () => Promise<{ main(args: readonly string[]): Promise<number> }>>> = {
  loader: () => import('./bench/loader'),
};

export async function main(args: readonly string[]): Promise<number> {
  const inBrowser = IN_BROWSER[args[0] ?? ''];
  if (inBrowser) return (await inBrowser()).main(args.slice(1));
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      arch: { type: 'string', default: 'resnet18' },
      batch: { type: 'string', default: '16' },
      size: { type: 'string', default: '64' },
      repeats: { type: 'string', default: '5' },
    },
  });
  const arch = ARCHITECTURES.find((known) => known === values.arch);
  const numbers = [values.batch, values.size, values.repeats].map(Number);
  const [batch = NaN, size = NaN, repeats = NaN] = numbers;
  const bench = positionals[0] === 'layers' ? layers : positionals[0] === 'step' ? step : undefined;
  if (!bench || !arch || !numbers.every((n) => Number.isInteger(n) && n > 0)) {
    console.error('Usage: npm run bench -- step|layers [--arch resnet18] [--batch 16] [--size 64] [--repeats 5]');
    return 2;
  }
  const backend = await nodeBackend();
  const result = await bench(backend, { arch, batch, size, repeats });
  backend.gpu.throwIfFailed();
  console.log(
    JSON.stringify({ bench: positionals[0], arch, batch, size, adapter: backend.gpu.report, ...result }, null, 2),
  );
  return 0;
}

function random(seed: number, count: number): Float32Array {
  const rng = fork(seed);
  return Float32Array.from({ length: count }, () => rng.uniform() - 0.5);
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;

async function step(backend: StudioBackend, { arch, batch, size, repeats }: Options) {
  const { stateSpecs } = await import('../engine/models/resnet');
  const { forwardMacs } = await import('../engine/models/cost');
  const { initialHostState, uploadState } = await import('../engine/nn/state');
  const { TRAIN } = await import('../engine/nn/layers');
  const { batchGradients } = await import('../engine/train/step');
  const { adamWOptimiser } = await import('../engine/train/optimiser');
  const { readFloats } = await import('../engine/gpu/readback');
  const { parseStudioConfig } = await import('../engine/experiments/meta');
  const { memoryPlan } = await import('../engine/train/plan');
  const specs = stateSpecs(arch, CLASSES.length);
  const network = { arch, classes: CLASSES, state: uploadState(specs, initialHostState(specs, 1)) };
  const { parameters } = network.state;
  const optimiser = adamWOptimiser(backend, parameters, { lr: 1e-3, weightDecay: 0.1 });
  const images = tensor4d(random(2, batch * size * size * 3), [batch, size, size, 3]);
  const labels = tensor1d(
    Int32Array.from({ length: batch }, (_, i) => i % CLASSES.length),
    'int32',
  );
  const times: number[] = [];
  let dispatches = 0;
  for (let i = 0; i <= repeats; i++) {
    const [started, before] = [performance.now(), backend.dispatchCount];
    const { loss, correct, gradients } = batchGradients(network, parameters, TRAIN, images, labels);
    optimiser.step(gradients);
    await readFloats(loss);
    await readFloats(parameters.get('fc.bias')!);
    dispose([loss, correct, ...gradients.values()]);
    times.push(performance.now() - started);
    dispatches = backend.dispatchCount - before;
  }
  const [firstStepMs, ...rest] = times;
  const stepMs = median(rest);
  const gflops = (6 * forwardMacs(arch, size, CLASSES.length) * batch) / stepMs / 1e6;
  const config = parseStudioConfig({ arch, batchSize: batch, trainSize: size, evalCrop: size });
  const counts = { trainCount: batch, validationCount: batch, classes: CLASSES.length, tuneSize: size };
  return {
    firstStepMs,
    stepMs,
    gflops,
    ownDispatches: dispatches,
    allocatedBytes: backend.allocatedBytes(),
    plannedBytes: memoryPlan({ run: 'baseline', config, arch, ...counts }).memoryBytes,
    numTensors: memory().numTensors,
  };
}

async function layers(backend: StudioBackend, { arch, batch, size, repeats }: Options) {
  const { convLayers } = await import('../engine/models/resnet');
  const { layerCosts } = await import('../engine/models/cost');
  const { filterGradient, forward, inputGradient } = await import('../engine/kernels/conv2d/conv2d');
  const { readFloats } = await import('../engine/gpu/readback');
  const costs = layerCosts(arch, size, CLASSES.length);
  const seen = new Map<
    string,
    { layer: string; count: number; forward: number; inputGradient: number; filterGradient: number }
  >();
  for (const [i, layer] of convLayers(arch).entries()) {
    const outSize = Math.sqrt(costs[i]!.outputs / layer.outChannels);
    const inSize = layer.name === 'conv1' ? size : outSize * layer.stride;
    const key = [inSize, layer.inChannels, layer.outChannels, layer.kernel, layer.stride].join();
    const known = seen.get(key);
    if (known) {
      known.count++;
      continue;
    }
    const x = tensor4d(random(3, batch * inSize * inSize * layer.inChannels), [
      batch,
      inSize,
      inSize,
      layer.inChannels,
    ]);
    const shape: [number, number, number, number] = [layer.kernel, layer.kernel, layer.inChannels, layer.outChannels];
    const w = tensor4d(
      random(
        4,
        shape.reduce((a, b) => a * b, 1),
      ),
      shape,
    );
    const dy = tensor4d(random(5, batch * costs[i]!.outputs), [batch, outSize, outSize, layer.outChannels]);
    const time = async (run: () => { dataId: object }) => {
      const times: number[] = [];
      for (let r = 0; r <= repeats; r++) {
        const started = performance.now();
        const info = run();
        // A small read waits for everything before it.
        const marker = zeros([4]);
        backend.flush();
        await readFloats(marker);
        await backend.device.queue.onSubmittedWorkDone();
        times.push(performance.now() - started);
        backend.disposeData(info.dataId);
        dispose(marker);
      }
      return Number(((2 * costs[i]!.macs * batch) / median(times.slice(1)) / 1e6).toFixed(2));
    };
    seen.set(key, {
      layer: `${layer.name} ${key}`,
      count: 1,
      forward: await time(() => forward(backend, x, w, layer)),
      inputGradient: layer.inChannels % 4 ? 0 : await time(() => inputGradient(backend, dy, w, x.shape, layer)),
      filterGradient: await time(() => filterGradient(backend, x, dy, w.shape, layer)),
    });
    dispose([x, w, dy]);
  }
  return { gflops: [...seen.values()] };
}
