// Convolution in groups: y[n, oh, ow, co] = sum over taps and the input channels of co's group of x * w, in f32.
// One invocation four output channels of PIXELS neighbours in a row, for all of which it reads a filter once.
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
}
// [N, H, W, CI / 4] stored; [K, K, CI / G, CO / 4]; [N, OH, OW, CO / 4] stored.
@group(0) @binding(0) var<storage, read> x: array<Stored4>;
@group(0) @binding(1) var<storage, read> w: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<Stored4>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  if (i >= p.count) { return; }
  let out4 = i % p.outChannels4;
  let firstIn4 = out4 / p.groupOut4 * p.groupIn4;
  let block = i / p.outChannels4;
  let ow = i32(block % p.blocks) * ${PIXELS};
  let row = i32(block / p.blocks);
  let top = row % p.outHeight * p.stride - p.pad;
  let image = row / p.outHeight;
  //# for q in 0..PIXELS
  var sum${q} = vec4<f32>();
  //# end
  for (var kh = 0; kh < p.kernel; kh++) {
    let ih = top + kh;
    if (ih < 0 || ih >= p.inHeight) { continue; }
    let line = (image * p.inHeight + ih) * p.inWidth;
    for (var kw = 0; kw < p.kernel; kw++) {
      //# for q in 0..PIXELS
      let iw${q} = (ow + ${q}) * p.stride - p.pad + kw;
      let inside${q} = (iw${q} >= 0) & (iw${q} < p.inWidth);
      let at${q} = select(0u, u32(line + iw${q}) * p.inChannels4 + firstIn4, inside${q});
      //# end
      var tap = u32(kh * p.kernel + kw) * 4u * p.groupIn4 * p.outChannels4 + out4;
      for (var c = 0u; c < p.groupIn4; c++) {
        let m = mat4x4<f32>(w[tap], w[tap + p.outChannels4], w[tap + 2u * p.outChannels4], w[tap + 3u * p.outChannels4]);
        tap += 4u * p.outChannels4;
        //# for q in 0..PIXELS
        sum${q} += m * select(vec4<f32>(), loaded(x[at${q} + c]), inside${q});
        //# end
      }
    }
  }
  let out = u32(row * p.outWidth + ow) * p.outChannels4 + out4;
  //# for q in 0..PIXELS
  if (ow + ${q} < p.outWidth) { y[out + ${q}u * p.outChannels4] = stored(sum${q}); }
  //# end
}
