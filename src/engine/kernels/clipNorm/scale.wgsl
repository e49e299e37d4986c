// Gradients times factor[0], in place. gradient: [count] of vec4.
struct Params { count: u32, gridX: u32 }
@group(0) @binding(0) var<storage, read_write> gradient: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> factor: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  if (i >= p.count || factor[0] == 1.0) { return; }
  gradient[i] = gradient[i] * factor[0];
}
