// Convolution forward as a matrix product: y[row, column] = sum over taps and input channels of A * B.
//   row     an output pixel (n, oh, ow)           A  x: [N, H, W, CI / 4] stored
//   column  four output channels                  B  w: [K, K, CI, CO / 4] of vec4<f32>
//   inner   four input channels                   y: [N, OH, OW, CO / 4] stored
@group(0) @binding(0) var<storage, read> x: array<Stored4>;
@group(0) @binding(1) var<storage, read> w: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<Stored4>;
@group(0) @binding(3) var<uniform> p: Params;

fn rowAt(row: u32, z: u32) -> Row {
  let pixels = u32(p.outHeight * p.outWidth);
  let inImage = i32(row % pixels);
  return Row(i32(row / pixels), (inImage / p.outWidth) * p.stride - p.pad, (inImage % p.outWidth) * p.stride - p.pad, 0u, row < p.rows);
}

fn tapCount(z: u32) -> u32 { return u32(p.tapsDown * p.tapsAcross); }
fn tapAt(z: u32, index: u32) -> vec2<i32> { return vec2<i32>(i32(index) / p.tapsAcross, i32(index) % p.tapsAcross); }
fn innerRange(z: u32) -> vec2<u32> { return vec2<u32>(0u, p.tapInner4); }

fn sourceAt(row: Row, tap: vec2<i32>, inner: u32) -> Source {
  let ih = row.top + tap.x;
  let iw = row.left + tap.y;
  let valid = row.valid & (ih >= 0) & (ih < p.inHeight) & (iw >= 0) & (iw < p.inWidth);
  return Source(select(0u, u32((row.image * p.inHeight + ih) * p.inWidth + iw) * p.inChannels4 + inner, valid), valid, 0, 0, 0);
}

fn next(source: Source) -> Source {
  return Source(source.base + select(0u, 1u, source.valid), source.valid, 0, 0, 0);
}

fn loadA(row: Row, source: Source) -> vec4<f32> {
  return select(vec4<f32>(), loaded(x[source.base]), source.valid);
}

fn loadB(tap: vec2<i32>, inner: u32, column: u32) -> mat4x4<f32> {
  let base = (u32(tap.x * p.tapsAcross + tap.y) * p.tapInner4 + inner) * 4u * p.outChannels4 + column;
  return mat4x4<f32>(w[base], w[base + p.outChannels4], w[base + 2u * p.outChannels4], w[base + 3u * p.outChannels4]);
}

fn store(row: u32, column: u32, z: u32, value: vec4<f32>) {
  y[row * p.outChannels4 + column] = stored(value);
}
