// One Lion step on a run of parameters, in place. All arrays [count] of vec4 (Chen et al. 2023, algorithm 2).
//   direction = sign(beta1 * m + (1 - beta1) * gradient);  parameter = decay * parameter - lr * direction, decay = 1 - lr * lambda;
//   m = beta2 * m + (1 - beta2) * gradient
// SCALED: as in adamW.wgsl.
struct Params { count: u32, gridX: u32, decay: f32, lr: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32 }
@group(0) @binding(0) var<storage, read_write> parameter: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> gradient: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> m: array<vec4<f32>>;
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
  let direction = sign(p.beta1 * m[i] + p.rest1 * g);
  parameter[i] = p.decay * parameter[i] - p.lr * direction;
  m[i] = p.beta2 * m[i] + p.rest2 * g;
}
