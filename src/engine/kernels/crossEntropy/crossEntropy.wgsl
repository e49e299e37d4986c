// Softmax cross entropy, its gradient and the number of right answers in one pass.
// logits, gradient and targets: [N, K]; labels: [N]; score: the loss and the right answers, added to what is there.
// A row's loss is the sum of -target * log softmax; without TARGETS its target is 1 for its label and 0 for the others.
// gradient = (softmax * sum of targets - target) * weight, and (SCALED) times the factor of lossScale/update.wgsl;
// loss = sum * weight. The prediction is the first of equal maxima, and right where it is the label.
// One workgroup; invocations share the rows.
struct Params { rows: u32, classes: u32, weight: f32 }
@group(0) @binding(0) var<storage, read> logits: array<f32>;
@group(0) @binding(1) var<storage, read> labels: array<i32>;
@group(0) @binding(2) var<storage, read_write> score: array<f32>;
@group(0) @binding(3) var<storage, read_write> gradient: array<f32>;
//# if TARGETS
@group(0) @binding(4) var<storage, read> targets: array<f32>;
//# end
//# if SCALED
@group(0) @binding(${4 + TARGETS}) var<storage, read> scaling: array<f32>;
//# end
@group(0) @binding(${4 + TARGETS + SCALED}) var<uniform> p: Params;

var<workgroup> losses: array<f32, 64>;
var<workgroup> hits: array<f32, 64>;

fn targetOf(base: u32, k: u32, label: u32) -> f32 {
  //# if TARGETS
  return targets[base + k];
  //# else
  return select(0.0, 1.0, k == label);
  //# end
}

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) local: u32) {
  //# if SCALED
  let weight = ldexp(p.weight, 16 + i32(scaling[0]));
  //# else
  let weight = p.weight;
  //# end
  var lossSum = 0.0;
  var hitSum = 0.0;
  for (var row = local; row < p.rows; row += 64u) {
    let base = row * p.classes;
    var best = 0u;
    for (var k = 1u; k < p.classes; k++) {
      if (logits[base + k] > logits[base + best]) { best = k; }
    }
    let top = logits[base + best];
    var sum = 0.0;
    for (var k = 0u; k < p.classes; k++) { sum += exp(logits[base + k] - top); }
    let label = u32(labels[row]);
    let logSum = log(sum);
    hitSum += select(0.0, 1.0, best == label);
    var mass = 0.0;
    for (var k = 0u; k < p.classes; k++) {
      let share = targetOf(base, k, label);
      mass += share;
      lossSum += share * (logSum - (logits[base + k] - top));
    }
    for (var k = 0u; k < p.classes; k++) {
      let probability = exp(logits[base + k] - top) / sum;
      gradient[base + k] = (probability * mass - targetOf(base, k, label)) * weight;
    }
  }
  losses[local] = lossSum;
  hits[local] = hitSum;
  workgroupBarrier();
  if (local == 0u) {
    var total = 0.0;
    var right = 0.0;
    for (var i = 0u; i < 64u; i++) {
      total += losses[i];
      right += hits[i];
    }
    score[0] += total * p.weight;
    score[1] += right;
  }
}
