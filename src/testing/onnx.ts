/** onnxruntime-web in Node: what an ONNX file makes of photos. */
import { InferenceSession, Tensor } from 'onnxruntime-web';

/** `images` [n, size, size, 3] → the file's one output, [n, K]. */
export async function runOnnx(
  file: Blob,
  images: Float32Array,
  shape: readonly [n: number, height: number, width: number],
): Promise<{ name: string; values: Float32Array }> {
  const session = await InferenceSession.create(new Uint8Array(await file.arrayBuffer()));
  try {
    const [n, height, width] = shape;
    const input = new Tensor('float32', toChannelsFirst(images, height * width), [n, 3, height, width]);
    const [name = ''] = session.outputNames;
    const outputs = await session.run({ pixel_values: input });
    return { name, values: (await outputs[name]!.getData()) as Float32Array };
  } finally {
    await session.release();
  }
}

/** [n, pixels, 3] → [n, 3, pixels] */
export function toChannelsFirst(images: Float32Array, pixels: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(images.length);
  for (let i = 0; i < images.length; i++) {
    const [photo, within] = [Math.floor(i / (3 * pixels)), i % (3 * pixels)];
    out[photo * 3 * pixels + (within % 3) * pixels + Math.floor(within / 3)] = images[i]!;
  }
  return out;
}
