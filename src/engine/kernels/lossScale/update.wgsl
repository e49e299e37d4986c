// What a step of the optimiser is to do with the gradients, and the scale of the next loss.
// state, f32 [8], all zero at first:
//   0  doublings of the scale beyond INITIAL = 2^16, or halvings below it
//   1  factor that undoes the scale of this step's gradients
//   2  whether to step: 1 or 0
//   3  good steps since the scale changed
//   4  steps left out so far
//   5, 6  bias corrections 1 - beta^t of the steps taken: the moving average of ones, in which nothing cancels
// overflow: [1], read and cleared. One invocation.
struct Params { growthInterval: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32 }
@group(0) @binding(0) var<storage, read_write> state: array<f32>;
@group(0) @binding(1) var<storage, read_write> overflow: array<u32>;
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(1)
fn main() {
  let overflowed = overflow[0] != 0u;
  overflow[0] = 0u;
  state[1] = ldexp(1.0, -16 - i32(state[0]));
  if (overflowed) {
    state[0] = max(-16.0, state[0] - 1.0);
    state[2] = 0.0;
    state[3] = 0.0;
    state[4] += 1.0;
    return;
  }
  state[2] = 1.0;
  state[3] += 1.0;
  if (state[3] >= p.growthInterval) {
    // Far beyond any use, and still exact.
    state[0] = min(16.0, state[0] + 1.0);
    state[3] = 0.0;
  }
  state[5] = p.beta1 * state[5] + p.rest1;
  state[6] = p.beta2 * state[6] + p.rest2;
}
