// Second pass of the filter gradient: total[i] = sum of partial[s, i] over the splits s, always in the same order.
struct Params { count4: u32, splits: u32, gridX: u32, accumulate: u32 }
@group(0) @binding(0) var<storage, read> partial: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> total: array<vec4<f32>>;
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  if (i >= p.count4) { return; }
  var sum = partial[i];
  for (var s = 1u; s < p.splits; s++) { sum += partial[s * p.count4 + i]; }
  if (p.accumulate == 1u) { total[i] += sum; } else { total[i] = sum; }
}
