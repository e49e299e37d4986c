// y[n, k] = sum over c of x[n, c] * w[k, c], and + b[k] if BIAS. x: [N, C / 4], w: [K, C / 4] of vec4; b: [K]; y: [N, K].
// One invocation an output; sums of sixteen blocks of four join the total, as exact as blocked ones.
struct Params { rows: u32, outputs: u32, inner4: u32 }
@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> w: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
//# if BIAS
@group(0) @binding(3) var<storage, read> b: array<f32>;
//# end
@group(0) @binding(${3 + BIAS}) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= p.rows * p.outputs) { return; }
  let row = id.x / p.outputs * p.inner4;
  let column = id.x % p.outputs;
  var total = vec4<f32>();
  for (var chunk = 0u; chunk < p.inner4; chunk += 16u) {
    var sum = vec4<f32>();
    for (var i = chunk; i < min(chunk + 16u, p.inner4); i++) { sum += x[row + i] * w[column * p.inner4 + i]; }
    total += sum;
  }
  //# if BIAS
  y[id.x] = total.x + total.y + (total.z + total.w) + b[column];
  //# else
  y[id.x] = total.x + total.y + (total.z + total.w);
  //# end
}
