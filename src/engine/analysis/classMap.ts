/**
 * Where in a photo a network sees a class, by value times gradient: HiResCAM (Draelos and Carin 2020). Of the last map under
 * global average pooling and one linear layer that is class activation mapping (Zhou et al. 2016): a logit is the mean of such a
 * map, plus its bias, so the map says exactly what each place adds. Under another head, and of earlier maps, it tells that as far
 * as a gradient does: exactly for small changes.
 */

export interface ClassMap {
  width: number;
  height: number;
  /** [height, width] */
  values: Float32Array<ArrayBuffer>;
}

/**
 * Value times gradient, summed over channels, times the places: its mean is what the map's values add to the logit, were the
 * network behind it linear. `map`: rectified, [height, width, channels].
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
