/**
 * Reverse-mode differentiation over our kernels, with a say in what is kept. TensorFlow.js's tape saves every tensor
 * that a gradient might read; here an activation may be let go after its last use and made again when the backward pass
 * wants it (Chen et al. 2016, Training Deep Nets with Sublinear Memory Cost).
 */
import type { GpuTensor, Recorder } from '../gpu/recorder';

/** A value on its way through the network: its tensor while that is needed, and its gradient while that is known. */
export class Activation {
  private tensor: GpuTensor | null;
  private gradient: GpuTensor | null = null;
  /** Steps of the backward pass that will read the tensor. */
  private readers = 0;

  /**
   * @param make Makes the tensor, now and, where the activation may be let go, again.
   * @param options.kept Whether the tensor stays from its making to the last of its readers.
   */
  constructor(
    private readonly recorder: Recorder,
    readonly shape: readonly number[],
    private readonly make: () => GpuTensor,
    private readonly options: { needsGradient: boolean; kept: boolean },
  ) {
    this.tensor = make();
  }

  get needsGradient(): boolean {
    return this.options.needsGradient;
  }

  get kept(): boolean {
    return this.options.kept;
  }

  /** The tensor; still the activation's. */
  read(): GpuTensor {
    this.tensor ??= this.make();
    return this.tensor;
  }

  /** The tensor, now the caller's. */
  take(): GpuTensor {
    const tensor = this.read();
    this.tensor = null;
    return tensor;
  }

  /** Announces a reader in the backward pass. */
  retain(): void {
    this.readers++;
  }

  /** A reader of the backward pass is done. */
  release(): void {
    this.readers--;
    if (this.readers === 0) this.drop();
  }

  /** What comes next does not read the tensor: it stays only if it must. */
  discardUnlessSaved(): void {
    if (!this.kept || this.readers === 0) this.drop();
  }

  /** As `discardUnlessSaved`, in the backward pass, after a tensor was made again for something else's sake. */
  discardRecomputed(): void {
    if (!this.kept && this.readers === 0) this.drop();
  }

  drop(): void {
    if (this.tensor) this.recorder.release(this.tensor);
    this.tensor = null;
  }

  /** Takes in one consumer's gradient: `compute` gives a new tensor, or adds to `into` and returns it. */
  accumulateGradient(compute: (into: GpuTensor | null) => GpuTensor): void {
    this.gradient = compute(this.gradient);
  }

  /** Takes in the gradient of the only consumer, or the first: from here on the tensor is the activation's. */
  setGradient(gradient: GpuTensor): void {
    if (this.gradient) throw new Error('A gradient that should be added to would be lost');
    this.gradient = gradient;
  }

  /** The gradient, now the caller's. */
  takeGradient(): GpuTensor {
    const { gradient } = this;
    if (!gradient) throw new Error('The backward pass reached an activation before its consumers');
    this.gradient = null;
    return gradient;
  }
}

/** What a backward pass computes, and what its forward pass keeps for it. */
export interface TapeOptions {
  /** Where the gradients of what is trained are added up, by parameter key; nothing else gets one. */
  gradients: ReadonlyMap<string, GpuTensor>;
  keeps: MemoryPolicy;
}

/** Whether a layer's output is kept for the backward pass; else it is made again there. By layer name. */
export interface MemoryPolicy {
  /** Of a batch norm, with the residual and ReLU behind it. */
  norm(name: string): boolean;
  conv(name: string): boolean;
}

export class Tape {
  private readonly steps: (() => void)[] = [];

  constructor(private readonly options: TapeOptions) {}

  get keeps(): MemoryPolicy {
    return this.options.keeps;
  }

  /** Where a parameter's gradient goes; undefined where it is not trained. */
  gradient(key: string): GpuTensor | undefined {
    return this.options.gradients.get(key);
  }

  /** `step` runs when the gradients of everything recorded after it are known. */
  record(step: () => void): void {
    this.steps.push(step);
  }

  /** Runs the backward pass, once. */
  backward(): void {
    for (let step = this.steps.pop(); step; step = this.steps.pop()) step();
  }
}
