// dx[n, c] = sum over k of dy[n, k] * w[k, c]. w: [K, C / 4], dx: [N, C / 4] of vec4; dy: [N, K].
// One invocation an output vec4.
struct Params { rows: u32, outputs: u32, inner4: u32 }
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4<f32>>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= p.rows * p.inner4) { return; }
  let row = id.x / p.inner4 * p.outputs;
  let column = id.x % p.inner4;
  var sum = vec4<f32>();
  for (var k = 0u; k < p.outputs; k++) { sum += dy[row + k] * w[k * p.inner4 + column]; }
  dx[id.x] = sum;
}
