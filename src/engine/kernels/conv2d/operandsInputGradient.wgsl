// Convolution's input gradient as a matrix product: dx[row, column] = sum over taps and output channels of A * B.
//   row     an input pixel of one phase           A  dy: [N, OH, OW, CO / 4] stored
//   column  four input channels                   B  w: [K, K, CI, CO / 4] of vec4<f32>, transposed as it is read
//   inner   four output channels                  dx: [N, H, W, CI / 4] stored
// z is the phase: with stride S, input pixels fall into S x S phases, each of which meets only every S-th tap,
// so that no product with an inserted zero is ever computed.
@group(0) @binding(0) var<storage, read> dy: array<Stored4>;
@group(0) @binding(1) var<storage, read> w: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> dx: array<Stored4>;
@group(0) @binding(3) var<uniform> p: Params;

// (image, ih, iw) of a row in its phase.
fn pixelAt(row: u32, z: u32) -> vec3<i32> {
  let pixels = u32(p.phaseHeight * p.phaseWidth);
  let inImage = i32(row % pixels);
  let phase = vec2<i32>(i32(z) / p.stride, i32(z) % p.stride);
  return vec3<i32>(i32(row / pixels), (inImage / p.phaseWidth) * p.stride + phase.x, (inImage % p.phaseWidth) * p.stride + phase.y);
}

fn rowAt(row: u32, z: u32) -> Row {
  let at = pixelAt(row, z);
  return Row(at.x, at.y + p.pad, at.z + p.pad, 0u, row < p.rows);
}

// First tap of a phase along one axis, and how many there are.
fn firstTap(phase: i32) -> i32 { return (phase + p.pad) % p.stride; }
fn tapsFrom(first: i32) -> i32 { return max(0, (p.tapsDown - first + p.stride - 1) / p.stride); }

fn tapCount(z: u32) -> u32 {
  return u32(tapsFrom(firstTap(i32(z) / p.stride)) * tapsFrom(firstTap(i32(z) % p.stride)));
}
fn tapAt(z: u32, index: u32) -> vec2<i32> {
  let first = vec2<i32>(firstTap(i32(z) / p.stride), firstTap(i32(z) % p.stride));
  let across = tapsFrom(first.y);
  return first + p.stride * vec2<i32>(i32(index) / across, i32(index) % across);
}
fn innerRange(z: u32) -> vec2<u32> { return vec2<u32>(0u, p.outChannels4); }

fn sourceAt(row: Row, tap: vec2<i32>, inner: u32) -> Source {
  let top = row.top - tap.x;
  let left = row.left - tap.y;
  let oh = top / p.stride;
  let ow = left / p.stride;
  let valid = row.valid & (top >= 0) & (oh < p.outHeight) & (left >= 0) & (ow < p.outWidth);
  return Source(select(0u, u32((row.image * p.outHeight + oh) * p.outWidth + ow) * p.outChannels4 + inner, valid), valid, 0, 0, 0);
}

fn next(source: Source) -> Source {
  return Source(source.base + select(0u, 1u, source.valid), source.valid, 0, 0, 0);
}

fn loadA(row: Row, source: Source) -> vec4<f32> {
  return select(vec4<f32>(), loaded(dy[source.base]), source.valid);
}

fn loadB(tap: vec2<i32>, inner: u32, column: u32) -> mat4x4<f32> {
  let base = (u32(tap.x * p.tapsAcross + tap.y) * p.inChannels4 + column) * 4u * p.outChannels4 + inner;
  let g0 = w[base];
  let g1 = w[base + p.outChannels4];
  let g2 = w[base + 2u * p.outChannels4];
  let g3 = w[base + 3u * p.outChannels4];
  return mat4x4<f32>(
    vec4<f32>(g0.x, g1.x, g2.x, g3.x),
    vec4<f32>(g0.y, g1.y, g2.y, g3.y),
    vec4<f32>(g0.z, g1.z, g2.z, g3.z),
    vec4<f32>(g0.w, g1.w, g2.w, g3.w));
}

fn store(row: u32, column: u32, z: u32, value: vec4<f32>) {
  let at = pixelAt(row, z);
  if ((at.y < p.inHeight) & (at.z < p.inWidth)) {
    let i = u32((at.x * p.inHeight + at.y) * p.inWidth + at.z) * p.inChannels4 + column;
    if (p.accumulate == 1u) { dx[i] = stored(loaded(dx[i]) + value); } else { dx[i] = stored(value); }
  }
}
