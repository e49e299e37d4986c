// x ↦ scale · x + shift where x > 0; zeros stay. x: [count] of vec4<f32>, in place. One invocation a vec4.
struct Params { count: u32, gridX: u32, scale: f32, shift: f32 }
@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  if (i >= p.count) { return; }
  let value = x[i];
  x[i] = select(value, p.scale * value + p.shift, value > vec4<f32>());
}
