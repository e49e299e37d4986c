/** An export's logits beside the engine's: each file opened by the programs that it is made for. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setBackend, tensor4d, version_core as tfjsVersion } from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { ROOT } from '../cli/root.mjs';
import { onStock } from '../engine/check/stockResNet';
import { type ExportedModel, normalizationOf } from '../engine/exports/model';
import { EXPORTERS } from '../engine/exports/registry';
import type { StudioBackend } from '../engine/gpu/backend';
import { type Architecture, hasFastaiHead } from '../engine/models/meta';
import { predict } from '../engine/models/passes';
import { stateSpecs } from '../engine/models/registry';
import { releaseState, uploadState } from '../engine/nn/state';
import { openOnnx, openTransformers, RUNTIME } from '../hosts/browser/runtimes/onnx';
import type { OpenNetwork } from '../hosts/browser/runtimes/runtime';
import { openTfjs } from '../hosts/browser/runtimes/tfjs';
import type { ImageShape } from '../session/host';
import { byPath, exportedModel, largestDifference, NORMALIZED } from './exported';
import { images } from './golden/values';
import { python, pythonHas } from './python';

/** Of photos, px. */
const SIZES = [64, 97, 128];
export const BATCHES = [1, 3];
/** What a logit may differ by. */
export const MOST = 1e-4;

interface Case {
  photos: Float32Array<ArrayBuffer>;
  shape: ImageShape;
  /** The engine's. */
  logits: Float32Array;
}

export interface Row {
  arch: Architecture;
  format: string;
  runtime: string;
  /** Of photos, px. */
  sizes: readonly number[];
  /** Beside which the difference is to be seen. */
  largestLogit: number;
  largestDifference: number;
}

/** Logits of a trained network's size: those of the golden weights are a hundredth of it. */
function modelOf(arch: Architecture): ExportedModel {
  const model = exportedModel(arch, { view: NORMALIZED });
  const last = stateSpecs(arch, model.classes.length).findLast(({ role }) => role === 'linear')!.key;
  const { shape, values } = model.state.tensors.get(last)!;
  const tensors = new Map(model.state.tensors).set(last, { shape, values: values.map((value) => 100 * value) });
  return { ...model, state: { ...model.state, tensors } };
}

/** What the engine says; photos are normalised for it, as every export does by itself or is told to. */
async function casesOf(backend: StudioBackend, { arch, classes, state: host, view }: ExportedModel): Promise<Case[]> {
  const state = uploadState(backend, stateSpecs(arch, classes.length), host);
  const { mean, std } = normalizationOf(view);
  const cases: Case[] = [];
  for (const size of SIZES) {
    for (const batch of BATCHES) {
      const photos = images(`export/${size}`, batch, size);
      const x = tensor4d(
        photos.map((value, i) => (value - mean[i % 3]!) / std[i % 3]!),
        [batch, size, size, 3],
      );
      const { logits, pooled } = predict(backend, { arch, classes, state }, x);
      cases.push({ photos, shape: [batch, size, size], logits: await backend.download(logits) });
      for (const tensor of [logits, pooled]) backend.release(tensor);
      x.dispose();
    }
  }
  releaseState(backend, state);
  backend.releasePool();
  return cases;
}

/** Stock TensorFlow.js's WebAssembly, in Node. */
export function findWasm(): void {
  const folder = path.dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
  setWasmPaths(`${folder}/`);
  // Its loader takes Node for CommonJS.
  Object.assign(globalThis, { __dirname: folder });
}

/**
 * The largest difference of a logit, a row each format and program that opens it: onnxruntime-web, and stock TensorFlow.js on
 * WebAssembly, the processor and WebGPU, which `findWasm` and `installStock` have made ready. A thorough look asks WebGPU about
 * every size, for each of which it compiles most of its kernels, and PyTorch where it is installed.
 */
export async function* differences(backend: StudioBackend, arch: Architecture, thorough: boolean): AsyncGenerator<Row> {
  const model = modelOf(arch);
  const cases = await casesOf(backend, model);
  const smallest = cases.filter(({ shape }) => shape[1] === SIZES[0]);
  const row = async (format: string, runtime: string, network: OpenNetwork, among = cases): Promise<Row> => {
    const worst: number[] = [];
    for (const { photos, shape, logits } of among)
      worst.push(largestDifference(await network.run(photos, shape), logits));
    await network.close();
    return rowOf(arch, format, runtime, among, Math.max(...worst));
  };
  yield await row('onnx', RUNTIME, await openOnnx(byPath(EXPORTERS.onnx(model))));
  yield await row('transformers', RUNTIME, await openTransformers(byPath(EXPORTERS.transformers(model))));

  const layers = byPath(EXPORTERS.tfjs(model));
  for (const name of ['wasm', 'cpu'] as const) {
    await setBackend(name);
    const network = await openTfjs(layers);
    // The processor's backend is JavaScript.
    const among = name === 'cpu' ? smallest : cases;
    yield await row('tfjs', `TensorFlow.js ${tfjsVersion}, ${name}`, network, among);
  }
  const onWebGpu = thorough ? cases : smallest.slice(0, 1);
  yield await onStock(async () =>
    row('tfjs', `TensorFlow.js ${tfjsVersion}, webgpu`, await openTfjs(layers), onWebGpu),
  );

  if (!thorough || !pythonHas('torch', 'torchvision')) return;
  // timm has no fastai head.
  for (const format of hasFastaiHead(arch) ? (['pth'] as const) : (['pth', 'timm'] as const)) {
    const said = await inTorch(model, format, cases);
    const largest = Math.max(...cases.map(({ logits }, i) => largestDifference(said[i]!, logits)));
    yield rowOf(arch, format, 'PyTorch', cases, largest);
  }
}

const rowOf = (
  arch: Architecture,
  format: string,
  runtime: string,
  cases: readonly Case[],
  difference: number,
): Row => ({
  arch,
  format,
  runtime,
  sizes: [...new Set(cases.map(({ shape }) => shape[1]))],
  largestLogit: largestOf(cases),
  largestDifference: difference,
});

const largestOf = (cases: readonly Case[]) =>
  Math.max(...cases.map(({ logits }) => largestDifference(logits, new Float32Array(logits.length))));

/** Loads as the studio's own check of weights does, or as `torch.load` does, strictly either way. */
const IN_TORCH = `
import json, sys
cli, arch, classes, file, cases = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4], json.loads(sys.argv[5])
sys.path.insert(0, cli)
import numpy, torch, verify_weights
if file.endswith(".pth"):
    verify_weights.read_safetensors = lambda path: (torch.load(path, weights_only=True), {})
model = verify_weights.load_model(arch, classes, file)
with torch.no_grad():
    print(json.dumps([
        model(torch.from_numpy(numpy.fromfile(path, "<f4").reshape(shape).transpose(0, 3, 1, 2).copy())).tolist()
        for path, shape in cases
    ]))`;

/** Logits, a case each. @throws Error as PyTorch says it. */
async function inTorch(model: ExportedModel, format: 'pth' | 'timm', cases: readonly Case[]): Promise<number[][]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'fixres-exports-'));
  const { mean, std } = normalizationOf(model.view);
  try {
    const name = { pth: 'model.pth', timm: 'model.safetensors' }[format];
    const file = path.join(folder, name);
    writeFileSync(file, Buffer.from(await byPath(EXPORTERS[format](model)).get(name)!.arrayBuffer()));
    const inputs = cases.map(({ photos, shape }, i) => {
      const input = path.join(folder, `${i}.f32`);
      writeFileSync(
        input,
        photos.map((value, at) => (value - mean[at % 3]!) / std[at % 3]!),
      );
      return [input, [...shape, 3]];
    });
    const cli = path.join(ROOT, 'src/cli');
    const said = python(IN_TORCH, cli, model.arch, String(model.classes.length), file, JSON.stringify(inputs));
    return (said as number[][][]).map((rows) => rows.flat());
  } finally {
    rmSync(folder, { recursive: true });
  }
}
