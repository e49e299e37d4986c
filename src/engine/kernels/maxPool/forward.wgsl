// Max pooling, NHWC, padding never wins. which: the winning tap kh * kernel + kw of each channel, the first of equals,
// four channels to a word. x: [N, H, W, C / 4], y: [N, OH, OW, C / 4] stored. One invocation an output vec4.
struct Params { inHeight: i32, inWidth: i32, outHeight: i32, outWidth: i32, channels4: u32, kernel: i32, stride: i32, pad: i32, count: u32, gridX: u32 }
@group(0) @binding(0) var<storage, read> x: array<Stored4>;
@group(0) @binding(1) var<storage, read_write> y: array<Stored4>;
@group(0) @binding(2) var<storage, read_write> which: array<u32>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  if (i >= p.count) { return; }
  let channel = i % p.channels4;
  let pixel = i32(i / p.channels4);
  let top = (pixel / p.outWidth % p.outHeight) * p.stride - p.pad;
  let left = (pixel % p.outWidth) * p.stride - p.pad;
  let image = pixel / (p.outWidth * p.outHeight);
  var best = vec4<f32>(-3.4028234e38);
  var tap = vec4<i32>();
  for (var kh = max(0, -top); kh < min(p.kernel, p.inHeight - top); kh++) {
    for (var kw = max(0, -left); kw < min(p.kernel, p.inWidth - left); kw++) {
      let value = loaded(x[u32((image * p.inHeight + top + kh) * p.inWidth + left + kw) * p.channels4 + channel]);
      let wins = value > best;
      best = select(best, value, wins);
      tap = select(tap, vec4<i32>(kh * p.kernel + kw), wins);
    }
  }
  y[i] = stored(best);
  which[i] = pack4xU8(vec4<u32>(tap));
}
