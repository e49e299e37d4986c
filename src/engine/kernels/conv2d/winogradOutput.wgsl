// Winograd's outputs: y = A^T m A, every tile's 4 x 4 numbers as 2 x 2 output pixels; y [N, H, W, C / 4] stored.
//   A^T = 1 1 1 0 | 0 1 -1 -1
// One invocation four channels of a tile, the first of which is `firstTile`.
struct Params {
  height: u32,
  width: u32,
  channels4: u32,
  tilesDown: u32,
  tilesAcross: u32,
  firstTile: u32,
  tiles: u32,
  gridX: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<storage, read> m: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<Stored4>;
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  let count = p.tiles * p.channels4;
  if (i >= count) { return; }
  let tile = p.firstTile + i / p.channels4;
  let left = tile % p.tilesAcross * 2u;
  let top = tile / p.tilesAcross % p.tilesDown * 2u;
  let image = tile / (p.tilesAcross * p.tilesDown);
  //# for j in 0..4
  let m0${j} = m[${j}u * count + i];
  let m1${j} = m[${4 + j}u * count + i];
  let m2${j} = m[${8 + j}u * count + i];
  let m3${j} = m[${12 + j}u * count + i];
  let e0${j} = m0${j} + m1${j} + m2${j};
  let e1${j} = m1${j} - m2${j} - m3${j};
  //# end
  let at = ((image * p.height + top) * p.width + left) * p.channels4 + i % p.channels4;
  let below = at + p.width * p.channels4;
  let down = top + 1u < p.height;
  let across = left + 1u < p.width;
  storePixel(at, e00 + e01 + e02);
  if (across) { storePixel(at + p.channels4, e01 - e02 - e03); }
  if (down) { storePixel(below, e10 + e11 + e12); }
  if (down && across) { storePixel(below + p.channels4, e11 - e12 - e13); }
}

fn storePixel(at: u32, value: vec4<f32>) {
  if (p.accumulate == 1u) { y[at] = stored(loaded(y[at]) + value); } else { y[at] = stored(value); }
}
