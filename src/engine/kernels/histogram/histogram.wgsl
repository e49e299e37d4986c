// Adds values to equal bins from 0 up, and to counters and sums beside them. A bin holds [from, to); what is below zero
// counts in the first. 64 workgroups walk over all values; each has sums of its own, so that floats are added in one order.
struct Params { count: u32, bins: u32, perUnit: f32, above: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
// [bins + 3]: of the bins; exact zeros; beyond the last bin; more than `above`.
@group(0) @binding(1) var<storage, read_write> counts: array<atomic<u32>>;
// [2 * 64]: of all values; of those beyond the last bin.
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

const THREADS = 256u;
const GROUPS = 64u;

var<workgroup> partSums: array<vec2<f32>, THREADS>;
var<workgroup> partCounts: array<atomic<u32>, 3>;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3<u32>) {
  var tally = vec3<u32>();
  var sum = vec2<f32>();
  for (var i = group.x * THREADS + local; i < p.count; i += GROUPS * THREADS) {
    let value = x[i];
    sum.x += value;
    if (value > p.above) { tally.z += 1u; }
    if (value == 0.0) {
      tally.x += 1u;
    } else if (value * p.perUnit >= f32(p.bins)) {
      tally.y += 1u;
      sum.y += value;
    } else {
      atomicAdd(&counts[u32(max(value, 0.0) * p.perUnit)], 1u);
    }
  }
  // Most values are zero, and few counters take them: one addition a workgroup.
  for (var k = 0u; k < 3u; k++) {
    if (tally[k] > 0u) { atomicAdd(&partCounts[k], tally[k]); }
  }
  partSums[local] = sum;
  workgroupBarrier();
  for (var width = THREADS / 2u; width > 0u; width /= 2u) {
    if (local < width) { partSums[local] += partSums[local + width]; }
    workgroupBarrier();
  }
  if (local < 3u) { atomicAdd(&counts[p.bins + local], atomicLoad(&partCounts[local])); }
  if (local < 2u) { sums[2u * group.x + local] += partSums[0][local]; }
}
