// Photos [N, H, W, C], C < 4, to [N, H + 2 pad, W + 2 pad] stored, zeros around them and in the channels beyond C.
// One invocation a padded pixel.
struct Params { height: u32, width: u32, channels: u32, pad: u32, count: u32, gridX: u32 }
@group(0) @binding(0) var<storage, read> photos: array<f32>;
@group(0) @binding(1) var<storage, read_write> padded: array<Stored4>;
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  if (i >= p.count) { return; }
  let width = p.width + 2u * p.pad;
  let height = p.height + 2u * p.pad;
  // Wraps around below zero, and is then too large.
  let x = i % width - p.pad;
  let y = i / width % height - p.pad;
  var value = vec4<f32>();
  if (x < p.width && y < p.height) {
    let at = ((i / (width * height) * p.height + y) * p.width + x) * p.channels;
    for (var c = 0u; c < p.channels; c++) { value[c] = photos[at + c]; }
  }
  padded[i] = stored(value);
}
