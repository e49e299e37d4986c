// Max pooling's gradient, gathered: dx at a pixel is the sum of dy over the windows in which the pixel won.
// dy: [N, OH, OW, C / 4], dx: [N, H, W, C / 4] stored; which: see forward.wgsl. One invocation an input vec4.
struct Params { inHeight: i32, inWidth: i32, outHeight: i32, outWidth: i32, channels4: u32, kernel: i32, stride: i32, pad: i32, count: u32, gridX: u32 }
@group(0) @binding(0) var<storage, read> dy: array<Stored4>;
@group(0) @binding(1) var<storage, read> which: array<u32>;
@group(0) @binding(2) var<storage, read_write> dx: array<Stored4>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  if (i >= p.count) { return; }
  let channel = i % p.channels4;
  let pixel = i32(i / p.channels4);
  let ih = pixel / p.inWidth % p.inHeight + p.pad;
  let iw = pixel % p.inWidth + p.pad;
  let image = pixel / (p.inWidth * p.inHeight);
  var sum = vec4<f32>();
  for (var oh = max(0, (ih - p.kernel + p.stride) / p.stride); oh <= min(p.outHeight - 1, ih / p.stride); oh++) {
    for (var ow = max(0, (iw - p.kernel + p.stride) / p.stride); ow <= min(p.outWidth - 1, iw / p.stride); ow++) {
      let tap = (ih - oh * p.stride) * p.kernel + iw - ow * p.stride;
      let at = u32((image * p.outHeight + oh) * p.outWidth + ow) * p.channels4 + channel;
      sum += select(vec4<f32>(), loaded(dy[at]), unpack4xU8(which[at]) == vec4<u32>(u32(tap)));
    }
  }
  dx[i] = stored(sum);
}
