/** Photos without labels through a network: their logits, and what is pooled of each for whoever asks. */
import type { RunRecord } from '../base/records';
import { readFloats } from '../gpu/readback';
import { predict } from '../models/passes';
import type { RunContext } from './context';
import { type PassOptions, throughNetwork } from './evaluate';

export interface PredictedPhotos {
  /** Of the samples that could be read, in their order. */
  indices: Int32Array<ArrayBuffer>;
  /** [indices.length, K] */
  logits: Float32Array<ArrayBuffer>;
}

/**
 * Holds nothing a photo but its logits.
 * @param onPooled Given each photo's pooled features [C], in the samples' order, if there is somebody to take them.
 * @throws As `throughNetwork` does.
 */
export async function* predictPhotos(
  context: RunContext,
  o: PassOptions,
  onPooled: ((features: Float32Array) => void) | null = null,
): AsyncGenerator<RunRecord, PredictedPhotos, undefined> {
  const { backend } = context;
  const classes = o.network.classes.length;
  const indices = new Int32Array(o.samples.length);
  const logits = new Float32Array(o.samples.length * classes);
  let count = 0;
  yield* throughNetwork(context, o, {
    submit: (input) => {
      const outputs = predict(backend, o.network, input);
      const read = Promise.all([
        readFloats(backend, outputs.logits),
        onPooled ? readFloats(backend, outputs.pooled) : null,
      ]);
      for (const tensor of [outputs.logits, outputs.pooled]) backend.release(tensor);
      return read;
    },
    settle: ([rows, pooled], those) => {
      indices.set(those, count);
      logits.set(rows, count * classes);
      count += those.length;
      if (!onPooled || !pooled) return [];
      const width = pooled.length / those.length;
      for (let i = 0; i < those.length; i++) onPooled(pooled.subarray(i * width, (i + 1) * width));
      return [];
    },
  });
  return { indices: indices.slice(0, count), logits: logits.slice(0, count * classes) };
}
