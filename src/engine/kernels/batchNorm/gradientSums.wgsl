// Per chunk of rows and channel, the sums of dy and of dy * xhat, dy masked where a ReLU followed and let nothing through:
// by y > 0 where a residual was added before it (RESIDUAL), else by the normalised x itself.
// x, y, dy: [rows, C / 4] stored; partial: [2, chunks, C / 4]. One invocation a chunk and vec4 of channels.
struct Params { rows: u32, channels4: u32, chunks: u32, gridX: u32, epsilon: f32 }
@group(0) @binding(0) var<storage, read> x: array<Stored4>;
@group(0) @binding(1) var<storage, read> dy: array<Stored4>;
@group(0) @binding(2) var<storage, read> mean: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> variance: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> gamma: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> beta: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> partial: array<vec4<f32>>;
//# if RELU * RESIDUAL
@group(0) @binding(7) var<storage, read> y: array<Stored4>;
//# end
@group(0) @binding(${7 + RELU * RESIDUAL}) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  if (i >= p.chunks * p.channels4) { return; }
  let channel = i % p.channels4;
  let center = mean[channel];
  let root = sqrt(variance[channel] + p.epsilon);
  let scale = 1.0 / root;
  let gain = gamma[channel] / root;
  let shift = beta[channel];
  var sum = vec4<f32>();
  var sumHat = vec4<f32>();
  for (var row = i / p.channels4; row < p.rows; row += p.chunks) {
    let at = row * p.channels4 + channel;
    let deviation = loaded(x[at]) - center;
    var gradient = loaded(dy[at]);
    //# if RELU
    //# if RESIDUAL
    gradient = select(vec4<f32>(), gradient, loaded(y[at]) > vec4<f32>());
    //# else
    gradient = select(vec4<f32>(), gradient, deviation * gain + shift > vec4<f32>());
    //# end
    //# end
    sum += gradient;
    sumHat += gradient * (deviation * scale);
  }
  partial[i] = sum;
  partial[p.chunks * p.channels4 + i] = sumHat;
}
