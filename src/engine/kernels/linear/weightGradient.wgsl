// dw[k, c] += sum over n of dy[n, k] * x[n, c], and if BIAS, db[k] += sum over n of dy[n, k].
// x: [N, C / 4], dw: [K, C / 4] of vec4; dy: [N, K]; db: [K]. One invocation a vec4 of dw.
struct Params { rows: u32, outputs: u32, inner4: u32 }
@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dw: array<vec4<f32>>;
//# if BIAS
@group(0) @binding(3) var<storage, read_write> db: array<f32>;
//# end
@group(0) @binding(${3 + BIAS}) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= p.outputs * p.inner4) { return; }
  let output = id.x / p.inner4;
  let column = id.x % p.inner4;
  var sum = vec4<f32>();
  var bias = 0.0;
  for (var n = 0u; n < p.rows; n++) {
    let gradient = dy[n * p.outputs + output];
    sum += gradient * x[n * p.inner4 + column];
    bias += gradient;
  }
  dw[id.x] += sum;
  //# if BIAS
  if (column == 0u) { db[output] += bias; }
  //# end
}
