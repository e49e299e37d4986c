// Largest and mean value of each channel: y[n, c] = max, y[n, C + c] = mean over pixels of x[n, ·, ·, c]; which: the pixel
// that is largest, the first of equals. x: [N, pixels, C / 4] stored; y: [N, 2 C / 4], which: [N, C / 4] of vec4.
// One invocation four channels of a photo.
struct Params { pixels: u32, channels4: u32, count: u32 }
@group(0) @binding(0) var<storage, read> x: array<Stored4>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> which: array<vec4<u32>>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.x;
  if (i >= p.count) { return; }
  let photo = i / p.channels4;
  let channel = i % p.channels4;
  let base = photo * p.pixels * p.channels4 + channel;
  var best = loaded(x[base]);
  var at = vec4<u32>();
  var sum = best;
  for (var k = 1u; k < p.pixels; k++) {
    let value = loaded(x[base + k * p.channels4]);
    let wins = value > best;
    best = select(best, value, wins);
    at = select(at, vec4<u32>(k), wins);
    sum += value;
  }
  y[photo * 2u * p.channels4 + channel] = best;
  y[(photo * 2u + 1u) * p.channels4 + channel] = sum / f32(p.pixels);
  which[i] = at;
}
