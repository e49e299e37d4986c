// Per-channel mean and sum of squared deviations of every chunk of rows, in two sweeps over the chunk, so that no
// difference of large squares is ever taken. x: [rows, C / 4] stored; chunk k has rows k, k + chunks, …
// partial: [2, chunks, C / 4] of vec4<f32>, means first. One invocation a chunk and vec4 of channels.
struct Params { rows: u32, channels4: u32, chunks: u32, gridX: u32 }
@group(0) @binding(0) var<storage, read> x: array<Stored4>;
@group(0) @binding(1) var<storage, read_write> partial: array<vec4<f32>>;
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  if (i >= p.chunks * p.channels4) { return; }
  let chunk = i / p.channels4;
  let channel = i % p.channels4;
  var sum = vec4<f32>();
  var count = 0.0;
  for (var row = chunk; row < p.rows; row += p.chunks) {
    sum += loaded(x[row * p.channels4 + channel]);
    count += 1.0;
  }
  let mean = sum / max(count, 1.0);
  var squares = vec4<f32>();
  for (var row = chunk; row < p.rows; row += p.chunks) {
    let deviation = loaded(x[row * p.channels4 + channel]) - mean;
    squares += deviation * deviation;
  }
  partial[i] = mean;
  partial[p.chunks * p.channels4 + i] = squares;
}
