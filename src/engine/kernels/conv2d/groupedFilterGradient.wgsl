// Filter gradient of a convolution in groups: dw[kh, kw, ci, co] = sum over output pixels of x * dy, in f32. One invocation
// four input by four output channels of a row of the filter, over a run of output pixels; a second pass adds the runs up.
struct Params {
  inHeight: i32,
  inWidth: i32,
  inChannels4: u32,
  outHeight: i32,
  outWidth: i32,
  outChannels4: u32,
  stride: i32,
  pad: i32,
  groupIn4: u32,
  groupOut4: u32,
  pixels: u32,
  run: u32,
  count: u32,
  gridX: u32,
}
// [N, H, W, CI / 4] stored; [N, OH, OW, CO / 4] stored; [runs, K, K, CI / G, CO / 4].
@group(0) @binding(0) var<storage, read> x: array<Stored4>;
@group(0) @binding(1) var<storage, read> dy: array<Stored4>;
@group(0) @binding(2) var<storage, read_write> partial: array<vec4<f32>>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  if (i >= p.count) { return; }
  let out4 = i % p.outChannels4;
  let in4 = i / p.outChannels4 % p.groupIn4;
  let kh = i / (p.outChannels4 * p.groupIn4);
  let channel4 = out4 / p.groupOut4 * p.groupIn4 + in4;
  let first = group.z * p.run;
  let end = min(first + p.run, p.pixels);
  var ow = i32(first) % p.outWidth;
  var oh = i32(first) / p.outWidth % p.outHeight;
  var image = i32(first) / (p.outWidth * p.outHeight);
  //# for k in 0..KERNEL
  //# for c in 0..4
  var sum${k}${c} = vec4<f32>();
  //# end
  //# end
  for (var pixel = first; pixel < end; pixel++) {
    let ih = oh * p.stride - p.pad + i32(kh);
    if (ih >= 0 && ih < p.inHeight) {
      let gradient = loaded(dy[pixel * p.outChannels4 + out4]);
      let line = (image * p.inHeight + ih) * p.inWidth;
      let left = ow * p.stride - p.pad;
      //# for k in 0..KERNEL
      if ((left + ${k} >= 0) & (left + ${k} < p.inWidth)) {
        let value = loaded(x[u32(line + left + ${k}) * p.inChannels4 + channel4]);
        //# for c in 0..4
        sum${k}${c} += value[${c}] * gradient;
        //# end
      }
      //# end
    }
    ow++;
    if (ow == p.outWidth) {
      ow = 0;
      oh++;
      if (oh == p.outHeight) {
        oh = 0;
        image++;
      }
    }
  }
  let filters = ${KERNEL}u * 4u * p.groupIn4;
  let base = ((group.z * ${KERNEL}u + kh) * filters + 4u * in4) * p.outChannels4 + out4;
  //# for k in 0..KERNEL
  //# for c in 0..4
  partial[base + (${k}u * 4u * p.groupIn4 + ${c}u) * p.outChannels4] = sum${k}${c};
  //# end
  //# end
}
