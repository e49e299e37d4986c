// The mean grey of each picture as it is when its contrast is changed, rounded: Pillow's int(mean + 0.5).
// One workgroup a picture; sums are whole numbers, so their order does not matter.
@group(0) @binding(2) var<storage, read_write> means: array<i32>;

var<workgroup> sums: array<u32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let change = group.z * ${CHANGE_WORDS}u;
  let count = changes[change + 1u] * changes[change + 2u];
  var before = 0u;
  while (before < 3u && changes[change + 6u + before] != ${CONTRAST}u) { before++; }
  var sum = 0u;
  for (var i = local; i < select(count, 0u, before == 3u); i += 256u) {
    var color = rgb(pictures[changes[change] + i]);
    for (var k = 0u; k < before; k++) { color = enhance(color, change, k, 0); }
    sum += u32(grey(color));
  }
  sums[local] = sum;
  workgroupBarrier();
  for (var half = 128u; half > 0u; half /= 2u) {
    if (local < half) { sums[local] += sums[local + half]; }
    workgroupBarrier();
  }
  if (local == 0u) { means[group.z] = i32((2u * sums[0] + count) / (2u * count)); }
}
