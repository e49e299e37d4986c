// The gradient of forward.wgsl: dx[n, pixel, c] = dy[n, C + c] / pixels, and dy[n, c] besides where the pixel was largest.
// dy: [N, 2 C / 4], which: [N, C / 4] of vec4; dx: [N, pixels, C / 4] stored. One invocation an input vec4.
struct Params { pixels: u32, channels4: u32, count: u32, gridX: u32 }
@group(0) @binding(0) var<storage, read> dy: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> which: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read_write> dx: array<Stored4>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  if (i >= p.count) { return; }
  let channel = i % p.channels4;
  let pixel = i / p.channels4 % p.pixels;
  let photo = i / (p.channels4 * p.pixels);
  let ofMax = dy[photo * 2u * p.channels4 + channel];
  let ofMean = dy[(photo * 2u + 1u) * p.channels4 + channel];
  let won = which[photo * p.channels4 + channel] == vec4<u32>(pixel);
  dx[i] = stored(ofMean / f32(p.pixels) + select(vec4<f32>(), ofMax, won));
}
