// Input gradient of a convolution in groups: dx[n, ih, iw, ci] = sum over the taps that reach it and the output channels of
// ci's group of dy * w, in f32. One invocation four input channels of PIXELS pixels in a row, `stride` apart: the same taps
// reach all of them.
struct Params {
  inHeight: i32,
  inWidth: i32,
  inChannels4: u32,
  outHeight: i32,
  outWidth: i32,
  outChannels4: u32,
  kernel: i32,
  stride: i32,
  pad: i32,
  groupIn4: u32,
  groupOut4: u32,
  // Invocations along a row.
  blocks: u32,
  count: u32,
  gridX: u32,
  accumulate: u32,
}
// [N, OH, OW, CO / 4] stored; [K, K, CI / G, CO / 4]; [N, H, W, CI / 4] stored.
@group(0) @binding(0) var<storage, read> dy: array<Stored4>;
@group(0) @binding(1) var<storage, read> w: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> dx: array<Stored4>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  if (i >= p.count) { return; }
  let in4 = i % p.inChannels4;
  let firstOut4 = in4 / p.groupIn4 * p.groupOut4;
  let block = i / p.inChannels4;
  let across = i32(block % p.blocks);
  let iw = across / p.stride * ${PIXELS} * p.stride + across % p.stride;
  let row = i32(block / p.blocks);
  let ih = row % p.inHeight;
  let image = row / p.inHeight;
  //# for q in 0..PIXELS
  var sum${q} = vec4<f32>();
  //# end
  for (var kh = (ih + p.pad) % p.stride; kh < p.kernel; kh += p.stride) {
    // Whole, below zero too.
    let oh = (ih + p.pad - kh) / p.stride;
    if (oh < 0 || oh >= p.outHeight) { continue; }
    let line = (image * p.outHeight + oh) * p.outWidth;
    for (var kw = (iw + p.pad) % p.stride; kw < p.kernel; kw += p.stride) {
      let ow = (iw + p.pad - kw) / p.stride;
      //# for q in 0..PIXELS
      let inside${q} = (ow + ${q} >= 0) & (ow + ${q} < p.outWidth);
      let at${q} = select(0u, u32(line + ow + ${q}) * p.outChannels4 + firstOut4, inside${q});
      //# end
      var tap = (u32(kh * p.kernel + kw) * p.groupIn4 + in4 % p.groupIn4) * 4u * p.outChannels4 + firstOut4;
      for (var c = 0u; c < p.groupOut4; c++) {
        let m = mat4x4<f32>(w[tap], w[tap + p.outChannels4], w[tap + 2u * p.outChannels4], w[tap + 3u * p.outChannels4]);
        tap++;
        //# for q in 0..PIXELS
        sum${q} += select(vec4<f32>(), loaded(dy[at${q} + c]), inside${q}) * m;
        //# end
      }
    }
  }
  let out = u32(row * p.inWidth + iw) * p.inChannels4 + in4;
  //# for q in 0..PIXELS
  if (iw + ${q} * p.stride < p.inWidth) { store(out + ${q}u * u32(p.stride) * p.inChannels4, sum${q}); }
  //# end
}

fn store(at: u32, value: vec4<f32>) {
  if (p.accumulate == 1u) { dx[at] = stored(loaded(dx[at]) + value); } else { dx[at] = stored(value); }
}
