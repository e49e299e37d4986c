/** Counts the pooled activations that pass, on the GPU: what comes home is a histogram, whatever the number of photos. */
import { type ActivationCounts, ActivationHistogram, BINS } from '../analysis/activations';
import { type Readable, readFloats, readWords } from '../gpu/readback';
import type { GpuTensor, Recorder } from '../gpu/recorder';
import { addToHistogram, allocateHistogram, type HistogramTensors } from '../kernels/histogram/histogram';

export class ActivationMeter {
  private readonly tensors: HistogramTensors;
  private total = 0;

  constructor(private readonly recorder: Recorder) {
    this.tensors = allocateHistogram(recorder, BINS);
  }

  /** `pooled`: the input of `fc` [N, C]. */
  add(pooled: GpuTensor): void {
    addToHistogram(this.recorder, pooled, this.tensors, BINS);
    this.total += pooled.shape.reduce((a, b) => a * b, 1);
  }

  /** Of all that has been added when this is called. Waits for the GPU. */
  async read(device: Readable): Promise<ActivationHistogram> {
    const { total } = this;
    const [words, sums] = await Promise.all([
      readWords(device, this.tensors.counts),
      readFloats(device, this.tensors.sums),
    ]);
    const [zeros = 0, beyond = 0, aboveTwo = 0] = words.subarray(BINS.count);
    const sumOf = (column: 0 | 1) => sums.reduce((sum, part, i) => (i % 2 === column ? sum + part : sum), 0);
    const counts: ActivationCounts = {
      bins: words.subarray(0, BINS.count),
      zeros,
      beyond,
      aboveTwo,
      sum: sumOf(0),
      beyondSum: sumOf(1),
      total,
    };
    return new ActivationHistogram(counts);
  }

  release(): void {
    for (const tensor of Object.values(this.tensors)) this.recorder.release(tensor);
  }
}
