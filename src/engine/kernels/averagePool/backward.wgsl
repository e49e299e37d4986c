// Global average pooling's gradient: dx[n, pixel, c] = dy[n, c] / pixels. One invocation an input vec4.
struct Params { pixels: u32, channels4: u32, count: u32, gridX: u32 }
@group(0) @binding(0) var<storage, read> dy: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> dx: array<Stored4>;
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  if (i >= p.count) { return; }
  dx[i] = stored(dy[i / (p.pixels * p.channels4) * p.channels4 + i % p.channels4] / f32(p.pixels));
}
