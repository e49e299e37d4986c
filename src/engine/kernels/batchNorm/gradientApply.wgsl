// dx = A dy + B (x - mean) + D with the table of gradientCombine.wgsl, dy masked by y > 0 where a ReLU followed;
// the masked dy itself is the residual's gradient (RESIDUAL). One invocation a vec4 of channels and every `chunks`-th row.
struct Params { rows: u32, channels4: u32, chunks: u32, gridX: u32 }
@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> y: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> dy: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> table: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> dx: array<vec4<f32>>;
//# if RESIDUAL
@group(0) @binding(5) var<storage, read_write> dresidual: array<vec4<f32>>;
@group(0) @binding(6) var<uniform> p: Params;
//# else
@group(0) @binding(5) var<uniform> p: Params;
//# end

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  if (i >= p.chunks * p.channels4) { return; }
  let channel = i % p.channels4;
  let a = table[channel];
  let b = table[p.channels4 + channel];
  let d = table[2u * p.channels4 + channel];
  let mean = table[3u * p.channels4 + channel];
  for (var row = i / p.channels4; row < p.rows; row += p.chunks) {
    let at = row * p.channels4 + channel;
    var gradient = dy[at];
    //# if RELU
    gradient = select(vec4<f32>(), gradient, y[at] > vec4<f32>());
    //# end
    dx[at] = a * gradient + b * (x[at] - mean) + d;
    //# if RESIDUAL
    dresidual[at] = gradient;
    //# end
  }
}
