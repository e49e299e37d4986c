// Copies [rows, from] to [rows, to] floats: channels beyond `from` are zero, channels beyond `to` are dropped.
// The photos' 3 channels become 4, so that every other kernel may load vec4.
struct Params { rows: u32, fromChannels: u32, toChannels: u32, innerRepeat: u32, gridX: u32 }
@group(0) @binding(0) var<storage, read> source: array<f32>;
@group(0) @binding(1) var<storage, read_write> padded: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;

// innerRepeat: floats that stand for one channel (1 for activations, CO for filters [K, K, CI, CO]).
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  let width = p.toChannels * p.innerRepeat;
  if (i >= p.rows * width) { return; }
  let inRow = i % width;
  let channel = inRow / p.innerRepeat;
  if (channel < p.fromChannels) {
    padded[i] = source[(i / width) * p.fromChannels * p.innerRepeat + inRow];
  } else {
    padded[i] = 0.0;
  }
}
