// y = (x - mean) / sqrt(variance + eps) * gamma + beta, then (RESIDUAL) + residual, then (RELU) max(0, ·).
// x, residual, y: [rows, C / 4] stored; the rest [C / 4] of vec4<f32>. IN_PLACE: y is x.
// One invocation a vec4 of channels and every `chunks`-th row.
struct Params { rows: u32, channels4: u32, chunks: u32, gridX: u32, epsilon: f32 }
//# if IN_PLACE == 0
@group(0) @binding(0) var<storage, read> x: array<Stored4>;
//# end
@group(0) @binding(${1 - IN_PLACE}) var<storage, read> mean: array<vec4<f32>>;
@group(0) @binding(${2 - IN_PLACE}) var<storage, read> variance: array<vec4<f32>>;
@group(0) @binding(${3 - IN_PLACE}) var<storage, read> gamma: array<vec4<f32>>;
@group(0) @binding(${4 - IN_PLACE}) var<storage, read> beta: array<vec4<f32>>;
//# if RESIDUAL
@group(0) @binding(${5 - IN_PLACE}) var<storage, read> residual: array<Stored4>;
//# end
@group(0) @binding(${5 + RESIDUAL - IN_PLACE}) var<storage, read_write> y: array<Stored4>;
@group(0) @binding(${6 + RESIDUAL - IN_PLACE}) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  if (i >= p.chunks * p.channels4) { return; }
  let channel = i % p.channels4;
  let scale = gamma[channel] / sqrt(variance[channel] + p.epsilon);
  let center = mean[channel];
  let shift = beta[channel];
  for (var row = i / p.channels4; row < p.rows; row += p.chunks) {
    let at = row * p.channels4 + channel;
    //# if IN_PLACE
    var value = (loaded(y[at]) - center) * scale + shift;
    //# else
    var value = (loaded(x[at]) - center) * scale + shift;
    //# end
    //# if RESIDUAL
    value += loaded(residual[at]);
    //# end
    //# if RELU
    value = max(value, vec4<f32>());
    //# end
    y[at] = stored(value);
  }
}
