/**
 * `npm run bench -- exports [ARCH …]`: every export's logits beside the engine's, photos of three sizes by one and by three, each
 * file opened by the programs that it is made for. Prints JSON; exit code 1 where a logit differs by more than it may.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setBackend, tensor4d, version_core as tfjsVersion } from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { installStock, onStock } from '../engine/check/stockResNet';
import { type ExportedModel, normalizationOf } from '../engine/exports/model';
import { EXPORTERS } from '../engine/exports/registry';
import type { StudioBackend } from '../engine/gpu/backend';
import { openGpu } from '../engine/gpu/device';
import { type Architecture, ARCHITECTURES, hasFastaiHead } from '../engine/models/meta';
import { predict } from '../engine/models/passes';
import { stateSpecs } from '../engine/models/registry';
import { releaseState, uploadState } from '../engine/nn/state';
import { nodeBackend } from '../hosts/node/gpu';
import { openOnnx, openTransformers, RUNTIME } from '../hosts/browser/runtimes/onnx';
import type { OpenNetwork } from '../hosts/browser/runtimes/runtime';
import { openTfjs } from '../hosts/browser/runtimes/tfjs';
import type { ImageShape } from '../session/host';
import { byPath, exportedModel, largestDifference, NORMALIZED } from '../testing/exported';
import { images } from '../testing/golden/values';
import { python, pythonHas } from '../testing/python';
import { ROOT } from '../cli/project.mjs';
import { head } from './report';
import { significant } from './statistics';

const USUAL: readonly Architecture[] = ['resnet18', 'resnet50', 'resnet101', 'resnext50_32x4d', 'resnet50-fastai'];
const SIZES = [64, 97, 128];
const BATCHES = [1, 3];
/** Of a logit. */
const MOST = 1e-4;

interface Case {
  photos: Float32Array<ArrayBuffer>;
  shape: ImageShape;
  /** The engine's. */
  logits: Float32Array;
}

interface Row {
  arch: Architecture;
  format: string;
  runtime: string;
  /** Of photos, px. */
  sizes: readonly number[];
  /** Beside which the difference is to be seen. */
  largestLogit: number;
  largestDifference: number;
}

export async function main(args: readonly string[]): Promise<number> {
  const wrong = args.find((arg) => !(ARCHITECTURES as readonly string[]).includes(arg));
  if (wrong !== undefined) {
    console.error(`"${wrong}" is no network.\nUsage: npm run bench -- exports [${USUAL.join('] [')}]`);
    return 2;
  }
  const wasm = path.dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
  setWasmPaths(`${wasm}/`);
  // Its loader takes Node for CommonJS.
  Object.assign(globalThis, { __dirname: wasm });
  const backend = await nodeBackend();
  installStock(await openGpu(navigator.gpu));
  const rows: Row[] = [];
  for (const arch of args.length > 0 ? (args as readonly Architecture[]) : USUAL) {
    const model = modelOf(arch);
    for await (const row of differences(model, await casesOf(backend, model))) {
      rows.push({ ...row, largestDifference: significant(row.largestDifference) });
      console.error(`${row.arch}, ${row.format} by ${row.runtime}: ${row.largestDifference.toPrecision(2)}`);
    }
  }
  console.log(JSON.stringify({ ...head('exports', args, backend.gpu.report), batches: BATCHES, rows }, null, 2));
  return rows.every((row) => row.largestDifference < MOST) ? 0 : 1;
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

async function* differences(model: ExportedModel, cases: readonly Case[]): AsyncGenerator<Row> {
  const { arch } = model;
  const row = async (format: string, runtime: string, network: OpenNetwork, among = cases): Promise<Row> => {
    const worst: number[] = [];
    for (const { photos, shape, logits } of among)
      worst.push(largestDifference(await network.run(photos, shape), logits));
    await network.close();
    const sizes = [...new Set(among.map(({ shape }) => shape[1]))];
    return { arch, format, runtime, sizes, largestLogit: largestOf(among), largestDifference: Math.max(...worst) };
  };
  yield await row('onnx', RUNTIME, await openOnnx(byPath(EXPORTERS.onnx(model))));
  yield await row('transformers', RUNTIME, await openTransformers(byPath(EXPORTERS.transformers(model))));

  const layers = byPath(EXPORTERS.tfjs(model));
  for (const name of ['wasm', 'cpu'] as const) {
    await setBackend(name);
    const network = await openTfjs(layers);
    // The processor's backend is JavaScript: the smallest photos will do.
    const among = name === 'cpu' ? cases.filter(({ shape }) => shape[1] === SIZES[0]) : cases;
    yield await row('tfjs', `TensorFlow.js ${tfjsVersion}, ${name}`, network, among);
  }
  yield await onStock(async () => row('tfjs', `TensorFlow.js ${tfjsVersion}, webgpu`, await openTfjs(layers)));

  if (!pythonHas('torch', 'torchvision')) {
    console.error('PyTorch is not there: apt-get install python3-torch python3-torchvision');
    return;
  }
  // timm has no fastai head.
  for (const format of hasFastaiHead(arch) ? (['pth'] as const) : (['pth', 'timm'] as const)) {
    const said = await inTorch(model, format, cases);
    const largest = Math.max(...cases.map(({ logits }, i) => largestDifference(said[i]!, logits)));
    yield {
      arch,
      format,
      runtime: 'PyTorch',
      sizes: SIZES,
      largestLogit: largestOf(cases),
      largestDifference: largest,
    };
  }
}

const largestOf = (cases: readonly Case[]) =>
  significant(Math.max(...cases.map(({ logits }) => largestDifference(logits, new Float32Array(logits.length)))));

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
