// Convolution's filter gradient as a matrix product: dw[row, column] = sum over output pixels of A * B.
//   row     a tap and an input channel            A  x: [N, H, W, CI / 4] stored, four rows a load
//   column  four output channels                  B  dy: [N, OH, OW, CO / 4] stored
//   inner   four output pixels                    partial: [splits, K, K, CI, CO / 4] of vec4<f32>
// z is the split: each sums a run of output pixels of its own, and a second pass adds the splits up in order.
// A is loaded by its transpose: load L of a tile is row group L / 4 (four channels of one tap) at pixel L % 4.
@group(0) @binding(0) var<storage, read> x: array<Stored4>;
@group(0) @binding(1) var<storage, read> dy: array<Stored4>;
@group(0) @binding(2) var<storage, read_write> partial: array<vec4<f32>>;
@group(0) @binding(3) var<uniform> p: Params;

// For this operand `image` is the pixel's place among four, `top` and `left` the tap's offsets.
fn rowAt(row: u32, z: u32) -> Row {
  let tap = i32(row / 4u / p.tapInner4);
  return Row(i32(row % 4u), tap / p.tapsAcross - p.pad, tap % p.tapsAcross - p.pad, (row / 4u) % p.tapInner4, row < p.rows);
}

fn tapCount(z: u32) -> u32 { return 1u; }
fn tapAt(z: u32, index: u32) -> vec2<i32> { return vec2<i32>(); }
fn innerRange(z: u32) -> vec2<u32> {
  return vec2<u32>(z * p.innerPerSplit, min((z + 1u) * p.innerPerSplit, p.inner4));
}

fn sourceAt(row: Row, tap: vec2<i32>, inner: u32) -> Source {
  let pixel = i32(inner * 4u) + row.image;
  let inImage = pixel % (p.outHeight * p.outWidth);
  return Source(row.channel4, row.valid, pixel / (p.outHeight * p.outWidth), inImage / p.outWidth, inImage % p.outWidth);
}

// Four output pixels on.
fn next(source: Source) -> Source {
  let across = source.across + p.stepAcross;
  let wraps = select(0, 1, across >= p.outWidth);
  let down = source.down + p.stepDown + wraps;
  let ends = select(0, 1, down >= p.outHeight);
  return Source(
    source.base,
    source.valid,
    source.image + p.stepImages + ends,
    down - ends * p.outHeight,
    across - wraps * p.outWidth);
}

fn loadA(row: Row, source: Source) -> vec4<f32> {
  let ih = source.down * p.stride + row.top;
  let iw = source.across * p.stride + row.left;
  let inside = (ih >= 0) & (ih < p.inHeight) & (iw >= 0) & (iw < p.inWidth);
  let valid = source.valid & (source.image < p.images) & inside;
  let at = select(0u, u32((source.image * p.inHeight + ih) * p.inWidth + iw) * p.inChannels4 + source.base, valid);
  return select(vec4<f32>(), loaded(x[at]), valid);
}

fn loadB(tap: vec2<i32>, inner: u32, column: u32) -> mat4x4<f32> {
  let base = inner * 4u * p.outChannels4 + column;
  return mat4x4<f32>(
    loaded(dy[base]),
    loaded(dy[base + p.outChannels4]),
    loaded(dy[base + 2u * p.outChannels4]),
    loaded(dy[base + 3u * p.outChannels4]));
}

fn store(row: u32, column: u32, z: u32, value: vec4<f32>) {
  let i = (z * p.rows + row) * p.outChannels4 + column;
  if (p.accumulate == 1u) { partial[i] += value; } else { partial[i] = value; }
}
