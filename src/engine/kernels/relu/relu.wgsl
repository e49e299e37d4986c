// GRADIENT: dy[i] = 0 where x[i] is not above zero, in place; else y[i] = max(x[i], 0). All [count] of vec4.
// One invocation a vec4.
struct Params { count: u32, gridX: u32 }
@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  if (i >= p.count) { return; }
  //# if GRADIENT
  y[i] = select(vec4<f32>(), y[i], x[i] > vec4<f32>());
  //# else
  y[i] = max(x[i], vec4<f32>());
  //# end
}
