// One AdamW step on a run of parameters, in place. All arrays [count] of vec4.
//   parameter *= decay;  m, v: moving averages (rest = 1 - beta, rounded once, since 1 - 0.999 in f32 is off by 5e-5);
//    parameter -= stepSize * m / (sqrt(v) / rootCorrection + epsilon)
// SCALED: gradients carry a loss scale's factor, and the bias corrections and whether to step at all stand in its state
// (lossScale/update.wgsl); stepSize is then the rate alone.
struct Params { count: u32, gridX: u32, decay: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, stepSize: f32, rootCorrection: f32, epsilon: f32 }
@group(0) @binding(0) var<storage, read_write> parameter: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> gradient: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> m: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> v: array<vec4<f32>>;
//# if SCALED
@group(0) @binding(4) var<storage, read> scaling: array<f32>;
//# end
@group(0) @binding(${4 + SCALED}) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  if (i >= p.count) { return; }
  //# if SCALED
  if (scaling[2] == 0.0) { return; }
  let g = gradient[i] * scaling[1];
  let stepSize = p.stepSize / scaling[5];
  let rootCorrection = sqrt(scaling[6]);
  //# else
  let g = gradient[i];
  let stepSize = p.stepSize;
  let rootCorrection = p.rootCorrection;
  //# end
  let first = p.beta1 * m[i] + p.rest1 * g;
  let second = p.beta2 * v[i] + p.rest2 * g * g;
  m[i] = first;
  v[i] = second;
  parameter[i] = parameter[i] * p.decay - stepSize * first / (sqrt(second) / rootCorrection + vec4<f32>(p.epsilon));
}
