/** The convolution and its gradients as plain loops in f64, for tests. */
import type { ConvShape } from './shape';

export interface ConvGradients {
  y: Float64Array;
  dx: Float64Array;
  dw: Float64Array;
}

/** x NHWC, w HWIO (inputs of a group), dy NHWC, flat. */
export function convReference(s: ConvShape, x: Float32Array, w: Float32Array, dy: Float32Array): ConvGradients {
  const y = new Float64Array(s.batch * s.outHeight * s.outWidth * s.outChannels);
  const dx = new Float64Array(x.length);
  const dw = new Float64Array(w.length);
  const [groupIn, groupOut] = [s.inChannels / s.groups, s.outChannels / s.groups];
  for (let n = 0; n < s.batch; n++)
    for (let oh = 0; oh < s.outHeight; oh++)
      for (let ow = 0; ow < s.outWidth; ow++)
        for (let kh = 0; kh < s.kernel; kh++)
          for (let kw = 0; kw < s.kernel; kw++) {
            const ih = oh * s.stride - s.pad + kh;
            const iw = ow * s.stride - s.pad + kw;
            if (ih < 0 || ih >= s.inHeight || iw < 0 || iw >= s.inWidth) continue;
            const xBase = ((n * s.inHeight + ih) * s.inWidth + iw) * s.inChannels;
            const yBase = ((n * s.outHeight + oh) * s.outWidth + ow) * s.outChannels;
            const wBase = (kh * s.kernel + kw) * groupIn * s.outChannels;
            for (let ci = 0; ci < groupIn; ci++)
              for (let co = 0; co < s.outChannels; co++) {
                const weight = wBase + ci * s.outChannels + co;
                const xAt = xBase + Math.floor(co / groupOut) * groupIn + ci;
                y[yBase + co]! += x[xAt]! * w[weight]!;
                dx[xAt]! += dy[yBase + co]! * w[weight]!;
                dw[weight]! += x[xAt]! * dy[yBase + co]!;
              }
          }
  return { y, dx, dw };
}
