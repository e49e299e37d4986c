// Notes in overflow[0] whether any gradient is infinite or not a number, by its bits: shaders may take floats for finite.
// gradient: [count] of vec4. One invocation takes every `invocations`-th of them.
struct Params { count: u32, invocations: u32, gridX: u32 }
@group(0) @binding(0) var<storage, read> gradient: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read_write> overflow: array<atomic<u32>>;
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let first = (group.x + group.y * p.gridX) * 64u + local;
  if (first >= p.invocations) { return; }
  var found = false;
  for (var i = first; i < p.count; i += p.invocations) {
    let exponent = gradient[i] & vec4<u32>(0x7f800000u);
    found = found || any(exponent == vec4<u32>(0x7f800000u));
  }
  if (found) { atomicStore(&overflow[0], 1u); }
}
