// Global average pooling: y[n, c] = mean over pixels of x[n, ·, ·, c]. x: [N, pixels, C / 4] stored, y: [N, C / 4] of vec4<f32>.
// One invocation an output vec4.
struct Params { pixels: u32, channels4: u32, count: u32 }
@group(0) @binding(0) var<storage, read> x: array<Stored4>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.x;
  if (i >= p.count) { return; }
  let base = (i / p.channels4) * p.pixels * p.channels4 + i % p.channels4;
  var sum = vec4<f32>();
  for (var k = 0u; k < p.pixels; k++) { sum += loaded(x[base + k * p.channels4]); }
  y[i] = sum / f32(p.pixels);
}
