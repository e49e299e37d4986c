// One step of SGD with momentum on a run of parameters, in place. All arrays [count] of vec4.
//   velocity = momentum * velocity + (gradient + weightDecay * parameter);  parameter -= lr * velocity
// SCALED: as in adamW.wgsl.
struct Params { count: u32, gridX: u32, lr: f32, weightDecay: f32, momentum: f32 }
@group(0) @binding(0) var<storage, read_write> parameter: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> gradient: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> velocity: array<vec4<f32>>;
//# if SCALED
@group(0) @binding(3) var<storage, read> scaling: array<f32>;
//# end
@group(0) @binding(${3 + SCALED}) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  if (i >= p.count) { return; }
  //# if SCALED
  if (scaling[2] == 0.0) { return; }
  let g = gradient[i] * scaling[1];
  //# else
  let g = gradient[i];
  //# end
  let next = p.momentum * velocity[i] + (g + p.weightDecay * parameter[i]);
  velocity[i] = next;
  parameter[i] = parameter[i] - p.lr * next;
}
