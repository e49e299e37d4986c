// Adds up the chunks and adds them to dgamma += sum dy * xhat, dbeta += sum dy; and prepares, channel by channel,
// dx = A dy + B (x - mean) + D: A = gamma / s; where the statistics are the batch's, B = - gamma dgamma / (s^2 rows) and
// D = - gamma dbeta / (s rows), else nothing; s = sqrt(variance + eps). table: [5, C / 4] of vec4: A, B, D, mean, gamma / s.
struct Params { rows: u32, channels4: u32, chunks: u32, epsilon: f32, batchStatistics: u32 }
@group(0) @binding(0) var<storage, read> partial: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> mean: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> variance: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> gamma: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> dgamma: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> dbeta: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> table: array<vec4<f32>>;
@group(0) @binding(7) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let channel = id.x;
  if (channel >= p.channels4) { return; }
  var sum = vec4<f32>();
  var sumHat = vec4<f32>();
  for (var k = 0u; k < p.chunks; k++) {
    sum += partial[k * p.channels4 + channel];
    sumHat += partial[(p.chunks + k) * p.channels4 + channel];
  }
  dgamma[channel] += sumHat;
  dbeta[channel] += sum;
  let root = sqrt(variance[channel] + p.epsilon);
  let scale = 1.0 / root;
  let a = gamma[channel] * scale;
  let share = select(0.0, 1.0 / f32(p.rows), p.batchStatistics == 1u);
  table[channel] = a;
  table[p.channels4 + channel] = -a * scale * sumHat * share;
  table[2u * p.channels4 + channel] = -a * sum * share;
  table[3u * p.channels4 + channel] = mean[channel];
  table[4u * p.channels4 + channel] = gamma[channel] / root;
}
