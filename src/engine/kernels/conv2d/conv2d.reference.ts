/** The convolution and its gradients as plain loops in f64, for tests. */
import type { ConvShape } from './shape';

export interface ConvGradients {
  y: Float64Array;
  dx: Float64Array;
  dw: Float64Array;
}

/** x NHWC, w HWIO, dy NHWC, flat. */
export function convReference(s: ConvShape, x: Float32Array, w: Float32Array, dy: Float32Array): ConvGradients {
  const y = new Float64Array(s.batch * s.outHeight * s.outWidth * s.outChannels);
  const dx = new Float64Array(x.length);
  const dw = new Float64Array(w.length);
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
            const wBase = (kh * s.kernel + kw) * s.inChannels * s.outChannels;
            for (let ci = 0; ci < s.inChannels; ci++)
              for (let co = 0; co < s.outChannels; co++) {
                const weight = wBase + ci * s.outChannels + co;
                y[yBase + co]! += x[xBase + ci]! * w[weight]!;
                dx[xBase + ci]! += dy[yBase + co]! * w[weight]!;
                dw[weight]! += x[xBase + ci]! * dy[yBase + co]!;
              }
          }
  return { y, dx, dw };
}
