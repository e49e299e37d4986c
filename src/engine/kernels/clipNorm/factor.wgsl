// What gradients are to be scaled by: factor[0] = min(1, maxNorm / (norm + 1e-6)), as torch's clip_grad_norm_ does.
// sums: [64 * runs]; count: how many. One workgroup.
// SCALED: the norm is without the loss scale's factor, which scaling[1] undoes.
struct Params { count: u32, maxNorm: f32 }
@group(0) @binding(0) var<storage, read> sums: array<f32>;
@group(0) @binding(1) var<storage, read_write> factor: array<f32>;
//# if SCALED
@group(0) @binding(2) var<storage, read> scaling: array<f32>;
//# end
@group(0) @binding(${2 + SCALED}) var<uniform> p: Params;

const THREADS = 64u;

var<workgroup> parts: array<f32, THREADS>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) local: u32) {
  var sum = 0.0;
  for (var i = local; i < p.count; i += THREADS) { sum += sums[i]; }
  parts[local] = sum;
  workgroupBarrier();
  for (var width = THREADS / 2u; width > 0u; width /= 2u) {
    if (local < width) { parts[local] += parts[local + width]; }
    workgroupBarrier();
  }
  if (local > 0u) { return; }
  //# if SCALED
  let norm = sqrt(parts[0]) * scaling[1];
  //# else
  let norm = sqrt(parts[0]);
  //# end
  factor[0] = min(1.0, p.maxNorm / (norm + 1e-6));
}
