// The operations on every pixel that the view shows, then its crop, flip, division by 255 and normalisation.
// images: [N, size, size, 3]. One invocation an output pixel.
struct Params { size: u32, gridX: u32, meanR: f32, meanG: f32, meanB: f32, stdR: f32, stdG: f32, stdB: f32 }
@group(0) @binding(2) var<storage, read> means: array<i32>;
@group(0) @binding(3) var<storage, read_write> images: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  if (i >= p.size * p.size) { return; }
  let change = group.z * ${CHANGE_WORDS}u;
  let width = i32(changes[change + 1u]);
  let height = i32(changes[change + 2u]);
  let x = i32(i % p.size) + bitcast<i32>(changes[change + 3u]);
  let y = i32(i / p.size) + bitcast<i32>(changes[change + 4u]);
  // Beyond the picture is black, as crops are padded.
  var color = vec3<i32>();
  if (x >= 0 && x < width && y >= 0 && y < height) {
    let fromX = select(x, width - 1 - x, changes[change + 5u] != 0u);
    color = rgb(pictures[changes[change] + u32(y * width + fromX)]);
    for (var k = 0u; k < 3u; k++) { color = enhance(color, change, k, means[group.z]); }
  }
  let value = (vec3<f32>(color) / 255.0 - vec3<f32>(p.meanR, p.meanG, p.meanB)) / vec3<f32>(p.stdR, p.stdG, p.stdB);
  let at = (group.z * p.size * p.size + i) * 3u;
  images[at] = value.x;
  images[at + 1u] = value.y;
  images[at + 2u] = value.z;
}
