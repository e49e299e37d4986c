/**
 * Where in a photo a network sees a class: class activation mapping (Zhou et al. 2016). Under global average pooling and one
 * linear layer a logit is the mean of such a map, plus its bias, so the map says exactly what each place adds; Grad-CAM and
 * HiResCAM come to the same there. Of earlier maps HiResCAM (Draelos and Carin 2020) tells the same as far as a gradient does.
 */

export interface ClassMap {
  width: number;
  height: number;
  /** [height, width] */
  values: Float32Array<ArrayBuffer>;
}

/**
 * @param map The trunk's last map, rectified, [height, width, channels].
 * @param weights The class's row of the linear layer, [channels].
 */
export function classMap(
  { width, height, values }: Omit<ClassMap, 'values'> & { values: Float32Array },
  weights: Float32Array,
): ClassMap {
  const channels = weights.length;
  const out = new Float32Array(width * height);
  for (let place = 0; place < out.length; place++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += weights[c]! * values[place * channels + c]!;
    out[place] = sum;
  }
  return { width, height, values: out };
}

/**
 * HiResCAM of a map anywhere in the network: value times gradient, summed over channels, in the measure of `classMap`, which it
 * is of the last map. Its mean is what the map's values add to the logit, were the network behind it linear.
 * @param gradient Of the class's logit, [height, width, channels].
 */
export function gradientMap(
  { width, height, values }: Omit<ClassMap, 'values'> & { values: Float32Array },
  gradient: Float32Array,
): ClassMap {
  const places = width * height;
  const channels = values.length / places;
  const out = new Float32Array(places);
  for (let place = 0; place < places; place++) {
    let sum = 0;
    for (let i = place * channels; i < (place + 1) * channels; i++) sum += values[i]! * gradient[i]!;
    out[place] = sum * places;
  }
  return { width, height, values: out };
}
