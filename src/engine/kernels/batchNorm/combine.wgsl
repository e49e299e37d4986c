// Joins the chunks' statistics (Chan et al. 1979) into mean and biased variance, and moves the running statistics as
// torch.nn.BatchNorm2d does: running = (1 - momentum) running + momentum batch, with the unbiased variance.
// All vectors [C / 4] of vec4. One invocation a vec4 of channels.
struct Params { rows: u32, channels4: u32, chunks: u32, momentum: f32 }
@group(0) @binding(0) var<storage, read> partial: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> mean: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> variance: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> runningMean: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> runningVariance: array<vec4<f32>>;
@group(0) @binding(5) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let channel = id.x;
  if (channel >= p.channels4) { return; }
  var total = vec4<f32>();
  var squares = vec4<f32>();
  var count = 0.0;
  for (var k = 0u; k < p.chunks; k++) {
    let chunkCount = f32((p.rows - k + p.chunks - 1u) / p.chunks);
    let delta = partial[k * p.channels4 + channel] - total;
    let joined = count + chunkCount;
    total += delta * (chunkCount / joined);
    squares += partial[(p.chunks + k) * p.channels4 + channel] + delta * delta * (count * chunkCount / joined);
    count = joined;
  }
  mean[channel] = total;
  variance[channel] = squares / count;
  let unbiased = squares / max(count - 1.0, 1.0);
  runningMean[channel] = (1.0 - p.momentum) * runningMean[channel] + p.momentum * total;
  runningVariance[channel] = (1.0 - p.momentum) * runningVariance[channel] + p.momentum * unbiased;
}
