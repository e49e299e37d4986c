/**
 * The best plain f32 matrix product that we can write for this adapter: what a training step's arithmetic is measured
 * against. Fixed shapes, no edges, no uniforms; the ways that win on one adapter or another, timed, the best median kept.
 */
import { fork } from '../engine/base/rng';
import type { Gpu } from '../engine/gpu/device';
import { type Constants, expand } from '../engine/kernels/template';
import registers from './matmulRegisters.wgsl?raw';
import subgroup from './matmulSubgroup.wgsl?raw';
import tiles from './matmulTiles.wgsl?raw';
import { median, significant } from './statistics';

interface Shape {
  M: number;
  N: number;
  K: number;
}

interface Variant {
  name: string;
  source: string;
  constants: Constants;
  /** Rows and columns of a workgroup's tile. */
  tile: readonly [number, number];
}

export interface MatmulResult {
  /** The best over all shapes. */
  gflops: number;
  variants: { shape: string; variant: string; gflops: number }[];
}

/** One like ResNet's, and one as large as the adapter deserves. */
const SHAPES = {
  software: [
    { M: 1024, N: 256, K: 576 },
    { M: 1024, N: 512, K: 1024 },
  ],
  hardware: [
    { M: 1024, N: 256, K: 576 },
    { M: 4096, N: 4096, K: 2048 },
  ],
};
const SAMPLES = 5;
/** A sample is as many products as take this long, so that the round trip to the GPU does not count. */
const SAMPLE_MS = 60;
const TOLERANCE = 1e-4;

function variants(gpu: Gpu): Variant[] {
  const { subgroupSize: size } = gpu.report;
  const tiled = (SIDE: number, DEPTH: number): Variant => ({
    name: `workgroup tiles ${SIDE * 8}x${SIDE * 8}x${DEPTH}`,
    source: tiles,
    constants: { SIDE, DEPTH },
    tile: [SIDE * 8, SIDE * 8],
  });
  const inRegisters = (ROWS: number, COLUMNS4: number, LANES: number): Variant => ({
    name: `registers ${ROWS}x${COLUMNS4 * 4}, ${LANES} lanes`,
    source: registers,
    constants: { ROWS, COLUMNS4, LANES },
    tile: [ROWS, COLUMNS4 * 4 * LANES],
  });
  const broadcast = (ROWS: number, COLUMNS4: number, LANES: number): Variant => ({
    name: `subgroup ${ROWS}x${COLUMNS4 * 4}, ${LANES} lanes`,
    source: `enable subgroups;\n${subgroup}`,
    constants: { ROWS, COLUMNS4, LANES, SUBGROUP: size ?? 1 },
    tile: [ROWS, COLUMNS4 * 4 * LANES],
  });
  const fixedSubgroup = size === 4 || size === 8;
  return [
    ...(fixedSubgroup ? [broadcast(16, 1, 32), broadcast(16, 1, 16), broadcast(16, 2, 8), broadcast(8, 2, 16)] : []),
    inRegisters(4, 1, 32),
    inRegisters(8, 2, 32),
    tiled(8, 16),
    ...(gpu.report.software ? [] : [tiled(16, 8), tiled(16, 16)]),
  ];
}

/** @throws Error if a product is wrong. */
export async function benchMatmul(gpu: Gpu, samples = SAMPLES): Promise<MatmulResult> {
  const results: MatmulResult['variants'] = [];
  for (const shape of SHAPES[gpu.report.software ? 'software' : 'hardware']) {
    const operands = new Operands(gpu.device, shape);
    for (const variant of variants(gpu)) {
      const gflops = significant(await operands.time(variant, samples));
      results.push({ shape: `${shape.M}x${shape.N}x${shape.K}`, variant: variant.name, gflops });
    }
    operands.destroy();
    gpu.throwIfFailed();
  }
  return { gflops: Math.max(...results.map(({ gflops }) => gflops)), variants: results };
}

class Operands {
  private readonly a: Float32Array<ArrayBuffer>;
  private readonly b: Float32Array<ArrayBuffer>;
  private readonly buffers: GPUBuffer[];

  constructor(
    private readonly device: GPUDevice,
    private readonly shape: Shape,
  ) {
    const { M, N, K } = shape;
    const rng = fork(6);
    const random = (count: number) => Float32Array.from({ length: count }, () => rng.uniform() - 0.5);
    this.a = random(M * K);
    this.b = random(K * N);
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
    this.buffers = [M * K, K * N, M * N].map((count) => device.createBuffer({ size: 4 * count, usage }));
    device.queue.writeBuffer(this.buffers[0]!, 0, this.a);
    device.queue.writeBuffer(this.buffers[1]!, 0, this.b);
  }

  /** GFLOP/s, the median of `samples`. */
  async time({ name, source, constants, tile }: Variant, samples: number): Promise<number> {
    const { device, shape } = this;
    const code = expand(source, { ...shape, ...constants });
    const pipeline = await device.createComputePipelineAsync({
      label: name,
      layout: 'auto',
      compute: { module: device.createShaderModule({ label: name, code }), entryPoint: 'main' },
    });
    const entries = this.buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
    const bindGroup = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
    const run = async (times: number) => {
      const started = performance.now();
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      for (let i = 0; i < times; i++) pass.dispatchWorkgroups(shape.N / tile[1], shape.M / tile[0]);
      pass.end();
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
      return performance.now() - started;
    };
    await run(1);
    await this.check(name);
    const times = Math.max(1, Math.min(500, Math.round(SAMPLE_MS / (await run(1)))));
    const taken: number[] = [];
    for (let i = 0; i < samples; i++) taken.push((await run(times)) / times);
    return (2 * shape.M * shape.N * shape.K) / median(taken) / 1e6;
  }

  /** Some elements against sums in float64. */
  private async check(name: string): Promise<void> {
    const { device, shape } = this;
    const { M, N, K } = shape;
    const staging = device.createBuffer({ size: 4 * M * N, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(this.buffers[2]!, 0, staging, 0, 4 * M * N);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const c = new Float32Array(staging.getMappedRange());
    for (let i = 0; i < 64; i++) {
      const [row, column] = [(i * 37) % M, (i * 101) % N];
      let sum = 0;
      for (let k = 0; k < K; k++) sum += this.a[row * K + k]! * this.b[k * N + column]!;
      if (!(Math.abs(c[row * N + column]! - sum) < TOLERANCE * Math.sqrt(K))) {
        throw new Error(`matmul "${name}": C[${row}, ${column}] is ${c[row * N + column]} and should be ${sum}`);
      }
    }
    staging.destroy();
    // So that the next variant cannot pass with this one's product.
    const clear = device.createCommandEncoder();
    clear.clearBuffer(this.buffers[2]!);
    device.queue.submit([clear.finish()]);
  }

  destroy(): void {
    for (const buffer of this.buffers) buffer.destroy();
  }
}
