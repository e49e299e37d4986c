/** Mean and variance of every channel before the last ReLU (paper, appendix A.2), measured and mapped on the GPU. */
import { type ChannelMap, ChannelMoments } from '../analysis/channelMoments';
import type { StudioBackend } from '../gpu/backend';
import { readFloats } from '../gpu/readback';
import type { GpuTensor, Recorder } from '../gpu/recorder';
import { batchStatistics, EPSILON, normalize } from '../kernels/batchNorm/batchNorm';
import { Activation } from '../nn/tape';

/** An affine map a channel on the GPU, as batch norm applies one where there is nothing to normalise. */
export class GpuChannelMap {
  private readonly tensors: Record<'gamma' | 'beta' | 'mean' | 'variance', GpuTensor>;

  constructor(
    private readonly backend: StudioBackend,
    { scale, shift }: ChannelMap,
  ) {
    const upload = (values: Float32Array<ArrayBuffer>) => {
      const tensor = backend.allocate([values.length]);
      backend.writeWords(tensor, values);
      return tensor;
    };
    const constant = (value: number) => upload(new Float32Array(scale.length).fill(value));
    this.tensors = { gamma: upload(scale), beta: upload(shift), mean: constant(0), variance: constant(1 - EPSILON) };
  }

  /** Maps `x` [N, H, W, C] in place and rectifies it: an `Adaptation`'s last ReLU. */
  readonly lastRelu = (recorder: Recorder, x: Activation): Activation => {
    const { mean, variance, gamma, beta } = this.tensors;
    const make = () =>
      normalize(recorder, x.take(), { mean, variance }, { gamma, beta }, { relu: true, residual: null, inPlace: true });
    return new Activation(recorder, x.shape, make, { needsGradient: false, kept: true });
  };

  release(): void {
    for (const tensor of Object.values(this.tensors)) this.backend.release(tensor);
  }
}

/** Takes the moments of all that passes; itself an identity with a ReLU. */
export class ChannelMeter {
  private readonly identity: GpuChannelMap;
  /** Of a norm that nobody uses: the kernel wants somewhere to move them. */
  private readonly running: { mean: GpuTensor; variance: GpuTensor };
  private readonly pending: Promise<void>[] = [];
  private readonly measured: ChannelMoments;

  constructor(
    private readonly backend: StudioBackend,
    channels: number,
  ) {
    this.measured = new ChannelMoments(channels);
    const [scale, shift] = [new Float32Array(channels).fill(1), new Float32Array(channels)];
    this.identity = new GpuChannelMap(backend, { scale, shift });
    this.running = { mean: backend.allocate([channels]), variance: backend.allocate([channels]) };
  }

  readonly lastRelu = (recorder: Recorder, x: Activation): Activation => {
    const { mean, variance } = batchStatistics(this.backend, x.read(), this.running);
    const [batch = 0, height = 0, width = 0] = x.shape;
    const rows = batch * height * width;
    const read = Promise.all([readFloats(this.backend, mean), readFloats(this.backend, variance)]);
    const merged = read.then(([means, variances]) => this.measured.add(means, variances, rows));
    // A failure counts when `moments` waits for it; where the run ends before, it must not count as unhandled.
    merged.catch(() => {});
    this.pending.push(merged);
    for (const tensor of [mean, variance]) this.backend.release(tensor);
    return this.identity.lastRelu(recorder, x);
  };

  /** Once all that was sent through has been measured. */
  async moments(): Promise<ChannelMoments> {
    await Promise.all(this.pending);
    return this.measured;
  }

  release(): void {
    this.identity.release();
    for (const tensor of Object.values(this.running)) this.backend.release(tensor);
  }
}
