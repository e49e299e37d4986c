// Filters [rows, from, CO] to [rows, to, CO] floats: channels beyond `from` are zero, channels beyond `to` are dropped.
// One invocation a float.
struct Params { rows: u32, fromChannels: u32, toChannels: u32, outChannels: u32, gridX: u32, accumulate: u32 }
@group(0) @binding(0) var<storage, read> source: array<f32>;
@group(0) @binding(1) var<storage, read_write> padded: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  let width = p.toChannels * p.outChannels;
  if (i >= p.rows * width) { return; }
  let inRow = i % width;
  var value = 0.0;
  if (inRow / p.outChannels < p.fromChannels) {
    value = source[(i / width) * p.fromChannels * p.outChannels + inRow];
  }
  if (p.accumulate == 1u) { padded[i] += value; } else { padded[i] = value; }
}
