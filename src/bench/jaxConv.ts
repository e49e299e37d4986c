/**
 * A convolution and its gradients as one writes them in jax-js: `jit` of `vjp`. Layouts are its own, NCHW and OIHW.
 * Its arrays are moved into what uses them unless `ref` says otherwise.
 */
import { blockUntilReady, defaultDevice, init, jit, lax, numpy as np, vjp } from '@jax-js/jax';
import type { ConvData, ConvSide } from './convSide';
import type { ConvWork } from './convWork';

/** @throws Error if jax-js finds no GPU. It opens a device of its own on the same adapter. */
export async function openJax(): Promise<void> {
  if (!(await init('webgpu')).includes('webgpu')) throw new Error('jax-js finds no WebGPU');
  defaultDevice('webgpu');
}

type Axes = [number, number, number, number];
const TO_CHANNELS_FIRST: Axes = [0, 3, 1, 2];
const FROM_CHANNELS_FIRST: Axes = [0, 2, 3, 1];
const HWIO_TO_OIHW: Axes = [3, 2, 0, 1];
const OIHW_TO_HWIO: Axes = [2, 3, 1, 0];

export async function jaxConv(work: ConvWork, batch: number, data: ConvData): Promise<ConvSide> {
  const { inSize, outSize, inChannels, outChannels, kernel, stride, pad, groups } = work;
  if (groups > 1) throw new Error(`${work.layer} is in ${groups} groups: it has no rival here`);
  const upload = (values: Float32Array<ArrayBuffer>, shape: Axes, axes: Axes) =>
    np.transpose(np.array(values).reshape(shape), axes);
  const x = upload(data.x, [batch, inSize, inSize, inChannels], TO_CHANNELS_FIRST);
  const w = upload(data.w, [kernel, kernel, inChannels, outChannels], HWIO_TO_OIHW);
  const dy = upload(data.dy, [batch, outSize, outSize, outChannels], TO_CHANNELS_FIRST);
  await blockUntilReady([x, w, dy]);

  const conv = (input: np.Array, filter: np.Array) =>
    lax.convGeneralDilated(
      input,
      filter,
      [stride, stride],
      [
        [pad, pad],
        [pad, pad],
      ],
    );
  const both = jit((input: np.Array, filter: np.Array, gradient: np.Array) => {
    const [y, pull] = vjp(conv, [input, filter]);
    const [dx, dw] = pull(gradient);
    pull.dispose();
    return [y, dx, dw];
  });
  const filterOnly = jit((input: np.Array, filter: np.Array, gradient: np.Array) => {
    const [y, pull] = vjp((f: np.Array) => conv(input, f), [filter]);
    const [dw] = pull(gradient);
    pull.dispose();
    return [y, dw];
  });
  const passes = work.inputGradient ? both : filterOnly;
  return {
    async run(times) {
      // Kept until all are ready: jax-js is lazy and drops what nobody waits for.
      const all = Array.from({ length: times }, () => passes(x.ref, w.ref, dy.ref)).flat();
      await blockUntilReady(all);
      for (const array of all) array.dispose();
    },
    async results() {
      const results = passes(x.ref, w.ref, dy.ref);
      return Promise.all(
        results.map(async (array, i) => {
          const axes = i === results.length - 1 ? OIHW_TO_HWIO : FROM_CHANNELS_FIRST;
          return (await np.transpose(array, axes).data()) as Float32Array;
        }),
      );
    },
    dispose() {
      both.dispose();
      filterOnly.dispose();
      for (const array of [x, w, dy]) array.dispose();
    },
  };
}
