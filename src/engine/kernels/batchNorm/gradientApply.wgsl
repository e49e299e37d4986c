// dx = A dy + B (x - mean) + D with the table of gradientCombine.wgsl, in place of x; dy masked as in gradientSums.wgsl,
// and where there is a residual the masked dy, its gradient, takes the place of dy (RESIDUAL).
// One invocation a vec4 of channels and every `chunks`-th row.
struct Params { rows: u32, channels4: u32, chunks: u32, gridX: u32 }
@group(0) @binding(0) var<storage, read_write> x: array<Stored4>;
//# if RESIDUAL
@group(0) @binding(1) var<storage, read_write> dy: array<Stored4>;
//# else
@group(0) @binding(1) var<storage, read> dy: array<Stored4>;
//# end
@group(0) @binding(2) var<storage, read> table: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> beta: array<vec4<f32>>;
//# if RELU * RESIDUAL
@group(0) @binding(4) var<storage, read> y: array<Stored4>;
//# end
@group(0) @binding(${4 + RELU * RESIDUAL}) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  if (i >= p.chunks * p.channels4) { return; }
  let channel = i % p.channels4;
  let a = table[channel];
  let b = table[p.channels4 + channel];
  let d = table[2u * p.channels4 + channel];
  let mean = table[3u * p.channels4 + channel];
  let gain = table[4u * p.channels4 + channel];
  let shift = beta[channel];
  for (var row = i / p.channels4; row < p.rows; row += p.chunks) {
    let at = row * p.channels4 + channel;
    let deviation = loaded(x[at]) - mean;
    var gradient = loaded(dy[at]);
    //# if RELU
    //# if RESIDUAL
    gradient = select(vec4<f32>(), gradient, loaded(y[at]) > vec4<f32>());
    //# else
    gradient = select(vec4<f32>(), gradient, deviation * gain + shift > vec4<f32>());
    //# end
    //# end
    x[at] = stored(a * gradient + b * deviation + d);
    //# if RESIDUAL
    dy[at] = stored(gradient);
    //# end
  }
}
