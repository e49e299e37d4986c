// One step of an exponential moving average, in place. Both [count] of vec4.
//   average += (1 - decay) * (value - average), which leaves alone what stays the same, to the bit.
struct Params { count: u32, gridX: u32, rate: f32 }
@group(0) @binding(0) var<storage, read_write> average: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> value: array<vec4<f32>>;
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  if (i >= p.count) { return; }
  average[i] += p.rate * (value[i] - average[i]);
}
