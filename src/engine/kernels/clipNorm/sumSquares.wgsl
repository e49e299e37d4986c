// Sums of squares of a run of gradients, a sum a workgroup, each added in one order: 64 workgroups walk over all of them.
// gradient: [count] of vec4. sums: [64], from `first` on.
struct Params { count: u32, first: u32 }
@group(0) @binding(0) var<storage, read> gradient: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;

const THREADS = 256u;
const GROUPS = 64u;

var<workgroup> parts: array<f32, THREADS>;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3<u32>) {
  var sum = 0.0;
  for (var i = group.x * THREADS + local; i < p.count; i += GROUPS * THREADS) {
    sum += dot(gradient[i], gradient[i]);
  }
  parts[local] = sum;
  workgroupBarrier();
  for (var width = THREADS / 2u; width > 0u; width /= 2u) {
    if (local < width) { parts[local] += parts[local + width]; }
    workgroupBarrier();
  }
  if (local == 0u) { sums[p.first + group.x] = parts[0]; }
}
