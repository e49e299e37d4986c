/** Our convolution kernels for the benches: the one place here that knows how the engine is asked for one. */
import { dispose, tensor4d, type TensorInfo } from '@tensorflow/tfjs-core';
import type { StudioBackend } from '../../engine/gpu/backend';
import { readFloats } from '../../engine/gpu/readback';
import { filterGradient, forward, inputGradient } from '../../engine/kernels/conv2d/conv2d';
import type { ConvData, ConvSide } from './convSide';
import type { ConvWork } from './convWork';

export type Pass = 'forward' | 'inputGradient' | 'filterGradient';

export interface OurConv extends ConvSide {
  /** One pass alone, `times` times; resolves when the GPU is done. */
  runPass(pass: Pass, times: number): Promise<void>;
}

export function ourConv(backend: StudioBackend, work: ConvWork, batch: number, data: ConvData): OurConv {
  const { inSize, outSize, inChannels, outChannels, kernel } = work;
  const x = tensor4d(data.x, [batch, inSize, inSize, inChannels]);
  const w = tensor4d(data.w, [kernel, kernel, inChannels, outChannels]);
  const dy = tensor4d(data.dy, [batch, outSize, outSize, outChannels]);
  const passes: Record<Pass, () => TensorInfo> = {
    forward: () => forward(backend, x, w, work) as TensorInfo,
    inputGradient: () => inputGradient(backend, dy, w, x.shape, work) as TensorInfo,
    filterGradient: () => filterGradient(backend, x, dy, w.shape, work) as TensorInfo,
  };
  const used: Pass[] = ['forward', ...(work.inputGradient ? (['inputGradient'] as const) : []), 'filterGradient'];
  const run = async (chosen: readonly Pass[], times: number) => {
    for (let i = 0; i < times; i++) for (const pass of chosen) backend.disposeData(passes[pass]().dataId);
    backend.flush();
    await backend.device.queue.onSubmittedWorkDone();
  };
  return {
    run: (times) => run(used, times),
    runPass: (pass, times) => run([pass], times),
    async results() {
      const values: Float32Array[] = [];
      for (const pass of used) {
        const tensor = passes[pass]();
        values.push(await readFloats(tensor));
        backend.disposeData(tensor.dataId);
      }
      return values;
    },
    dispose() {
      dispose([x, w, dy]);
      backend.releasePool();
    },
  };
}
