/** The network of the page, opened by stock TensorFlow.js on the quickest of its backends that works here. */
import {
  div,
  env,
  io,
  type LayersModel,
  loadLayersModel,
  setBackend,
  softmax,
  type Tensor,
  tensor4d,
  tidy,
} from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';
import type { PageAbout } from '../../engine/exports/pageAbout';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';

export interface PageFiles {
  /** The layers model's JSON. */
  model: io.ModelJSON;
  /** The shards of its weights by path. */
  shards: (path: string) => Promise<Uint8Array<ArrayBuffer>>;
}

export interface OpenedNetwork {
  /** "WebGPU", "WebAssembly", "the processor". */
  runsOn: string;
  /** `images` RGB in [0, 1], [size, size, 3] → a probability a class. */
  classify: (images: Float32Array, size: number) => Promise<Float32Array>;
}

const BACKENDS = { webgpu: 'WebGPU', wasm: 'WebAssembly', cpu: 'the processor, slowly' } as const;
type BackendName = keyof typeof BACKENDS;

/** @param wanted One backend alone, for tests. @throws Error where the model cannot be read. */
export async function openNetwork(
  files: PageFiles,
  { view: { crop: size }, temperature }: PageAbout,
  wanted: string | null,
): Promise<OpenedNetwork> {
  // Threads need headers that a file on the disk has none of: theirs is named, since all must be, and never loaded.
  setWasmPaths({
    'tfjs-backend-wasm.wasm': plain,
    'tfjs-backend-wasm-simd.wasm': simd,
    'tfjs-backend-wasm-threaded-simd.wasm': simd,
  });
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  const artifacts = await io.getModelArtifactsForJSON(files.model, async (manifest) => {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for (const path of manifest.flatMap(({ paths }) => paths)) parts.push(await files.shards(path));
    return [manifest.flatMap(({ weights }) => weights), await new Blob(parts).arrayBuffer()];
  });
  let reason: unknown;
  for (const name of Object.keys(BACKENDS) as BackendName[]) {
    if (wanted !== null && wanted !== name) continue;
    try {
      if ((wanted === null && name === 'webgpu' && !(await hasGpu())) || !(await setBackend(name))) continue;
      const model = await loadLayersModel({ load: () => Promise.resolve(artifacts) });
      const classify = (images: Float32Array, side: number) =>
        probabilitiesOf(model, images, { size: side, temperature });
      // A driver that computes nonsense is found out before anybody believes it.
      const tried = await classify(new Float32Array(size * size * 3).fill(0.5), size);
      if (!tried.every(Number.isFinite)) throw new Error(`${BACKENDS[name]} computes no numbers`);
      return { runsOn: BACKENDS[name], classify };
    } catch (error) {
      reason = error;
    }
  }
  throw reason instanceof Error ? reason : new Error('TensorFlow.js finds nothing to run on');
}

/** A processor that plays a GPU is slower than the processor itself. */
async function hasGpu(): Promise<boolean> {
  const { gpu } = navigator as Partial<Navigator>;
  const adapter = await gpu?.requestAdapter();
  if (!adapter) return false;
  const { isFallbackAdapter, architecture, description } = adapter.info;
  return !isFallbackAdapter && !/swiftshader|llvmpipe|lavapipe/i.test(`${architecture} ${description}`);
}

async function probabilitiesOf(
  model: LayersModel,
  images: Float32Array,
  { size, temperature }: { size: number; temperature: number | null },
): Promise<Float32Array> {
  const output = tidy(() => {
    const logits = model.predict(tensor4d(images, [1, size, size, 3])) as Tensor;
    return softmax(div(logits, temperature ?? 1));
  });
  const values = (await output.data()) as Float32Array;
  output.dispose();
  return values;
}
