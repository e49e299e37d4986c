/** onnxruntime-web on WebAssembly. */
import { env, InferenceSession, Tensor } from 'onnxruntime-web/wasm';
import type { ExportFiles } from '../../../session/host';
import { fileOf, type OpenNetwork } from './runtime';

/** Name and version. */
export const RUNTIME = `onnxruntime-web ${env.versions.web}`;

export async function openOnnx(files: ExportFiles): Promise<OpenNetwork> {
  return openGraph(fileOf(files, 'model.onnx'));
}

/** As transformers.js does: what the preprocessor's file says is done before the graph. */
export async function openTransformers(files: ExportFiles): Promise<OpenNetwork> {
  const { run, close } = await openGraph(fileOf(files, 'onnx/model.onnx'));
  const config = JSON.parse(await fileOf(files, 'preprocessor_config.json').text()) as {
    do_normalize: boolean;
    image_mean: readonly number[];
    image_std: readonly number[];
  };
  const { do_normalize: normalizes, image_mean: mean, image_std: std } = config;
  const normalized = (images: Float32Array<ArrayBuffer>) =>
    normalizes ? images.map((value, i) => (value - mean[i % 3]!) / std[i % 3]!) : images;
  return { run: (images, shape) => run(normalized(images), shape), close };
}

async function openGraph(file: Blob): Promise<OpenNetwork> {
  const session = await InferenceSession.create(new Uint8Array(await file.arrayBuffer()), {
    executionProviders: ['wasm'],
  });
  const [output = ''] = session.outputNames;
  return {
    run: async (images, [n, height, width]) => {
      const input = new Tensor('float32', channelsFirst(images, height * width), [n, 3, height, width]);
      const outputs = await session.run({ pixel_values: input });
      return (await outputs[output]!.getData()) as Float32Array;
    },
    close: () => session.release(),
  };
}

/** [n, pixels, 3] → [n, 3, pixels] */
function channelsFirst(images: Float32Array, pixels: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(images.length);
  for (let i = 0; i < images.length; i++) {
    const [photo, within] = [Math.floor(i / (3 * pixels)), i % (3 * pixels)];
    out[photo * 3 * pixels + (within % 3) * pixels + Math.floor(within / 3)] = images[i]!;
  }
  return out;
}
