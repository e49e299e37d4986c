/** Our convolution kernels for the benches: the one place here that knows how the engine is asked for one. */
import type { StudioBackend } from '../engine/gpu/backend';
import { readFloats } from '../engine/gpu/readback';
import type { GpuTensor } from '../engine/gpu/recorder';
import { filterGradient, forward, inputGradient } from '../engine/kernels/conv2d/conv2d';
import type { Pass } from '../engine/kernels/conv2d/shape';
import type { ConvData, ConvSide } from './convSide';
import type { ConvWork } from './convWork';

export interface OurConv extends ConvSide {
  /** One pass alone, `times` times; resolves when the GPU is done. */
  runPass(pass: Pass, times: number): Promise<void>;
}

/** The passes that training takes of a layer. */
export function passesOf(work: ConvWork): Pass[] {
  return work.inputGradient ? ['forward', 'inputGradient', 'filterGradient'] : ['forward', 'filterGradient'];
}

export function ourConv(backend: StudioBackend, work: ConvWork, batch: number, data: ConvData): OurConv {
  const { inSize, outSize, inChannels, outChannels, kernel, groups } = work;
  const upload = (values: Float32Array<ArrayBuffer>, shape: readonly number[]) => {
    const tensor = backend.allocate(shape);
    backend.writeWords(tensor, values);
    return tensor;
  };
  const x = upload(data.x, [batch, inSize, inSize, inChannels]);
  const w = upload(data.w, [kernel, kernel, inChannels / groups, outChannels]);
  const dy = upload(data.dy, [batch, outSize, outSize, outChannels]);
  const passes: Record<Pass, () => GpuTensor> = {
    forward: () => forward(backend, x, w, work),
    inputGradient: () => inputGradient(backend, dy, w, x.shape, work),
    filterGradient: () => filterGradient(backend, x, dy, w.shape, work),
  };
  const run = async (chosen: readonly Pass[], times: number) => {
    for (let i = 0; i < times; i++) for (const pass of chosen) backend.release(passes[pass]());
    backend.flush();
    await backend.device.queue.onSubmittedWorkDone();
  };
  return {
    run: (times) => run(passesOf(work), times),
    runPass: (pass, times) => run([pass], times),
    async results() {
      const values: Float32Array[] = [];
      for (const pass of passesOf(work)) {
        const tensor = passes[pass]();
        values.push(await readFloats(backend, tensor));
        backend.release(tensor);
      }
      return values;
    },
    dispose() {
      for (const tensor of [x, w, dy]) backend.release(tensor);
      backend.releasePool();
    },
  };
}
