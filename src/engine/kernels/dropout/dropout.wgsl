// Inverted dropout: y[i] = x[i] / (1 - p), or 0 where the hash of the seed and i is below p · 2^32. The gradient is the same
// map. x, y: [count] of vec4. One invocation a vec4.
struct Params { count: u32, gridX: u32, seed: u32, first: u32, threshold: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(2) var<uniform> p: Params;

// PCG-RXS-M-XS of 32 bits (Jarzynski and Olano 2020).
fn hashed(value: vec4<u32>) -> vec4<u32> {
  let state = value * 747796405u + 2891336453u;
  let word = ((state >> ((state >> vec4<u32>(28u)) + 4u)) ^ state) * 277803737u;
  return (word >> vec4<u32>(22u)) ^ word;
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  if (i >= p.count) { return; }
  let element = p.first + 4u * i + vec4<u32>(0u, 1u, 2u, 3u);
  let kept = hashed(element + hashed(vec4<u32>(p.seed))) >= vec4<u32>(p.threshold);
  y[i] = select(vec4<f32>(), x[i] * p.scale, kept);
}
