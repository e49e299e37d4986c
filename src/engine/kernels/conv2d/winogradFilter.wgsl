// Winograd's filters: u = G w G^T, every 3 x 3 filter [3, 3, CI, CO] as 4 x 4 numbers, [16, inner, CO or CI].
//   G = 1 0 0 | 1/2 1/2 1/2 | 1/2 -1/2 1/2 | 0 0 1
// One invocation four by four channels. For the input gradient the filter is turned by 180 degrees and its channels
// change places: inner are then the output's.
struct Params { inChannels4: u32, outChannels4: u32, gridX: u32, turned: u32 }
@group(0) @binding(0) var<storage, read> w: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> u: array<vec4<f32>>;
@group(0) @binding(2) var<uniform> p: Params;

// Inner channels down, outer ones across.
fn filterAt(tap: u32, in4: u32, out4: u32) -> mat4x4<f32> {
  let base = (select(tap, 8u - tap, p.turned == 1u) * p.inChannels4 + in4) * 4u * p.outChannels4 + out4;
  let g = mat4x4<f32>(w[base], w[base + p.outChannels4], w[base + 2u * p.outChannels4], w[base + 3u * p.outChannels4]);
  let t = transpose(g);
  let turned = p.turned == 1u;
  return mat4x4<f32>(select(g[0], t[0], turned), select(g[1], t[1], turned), select(g[2], t[2], turned), select(g[3], t[3], turned));
}

@compute @workgroup_size(32)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 32u + local;
  if (i >= p.inChannels4 * p.outChannels4) { return; }
  let in4 = i / p.outChannels4;
  let out4 = i % p.outChannels4;
  //# for k in 0..3
  //# for j in 0..3
  let g${k}${j} = filterAt(${3 * k + j}u, in4, out4);
  //# end
  //# end
  //# for j in 0..3
  let h0${j} = g0${j};
  let h1${j} = 0.5 * (g0${j} + g1${j} + g2${j});
  let h2${j} = 0.5 * (g0${j} - g1${j} + g2${j});
  let h3${j} = g2${j};
  //# end
  let inner4 = select(in4, out4, p.turned == 1u);
  let columns4 = select(p.outChannels4, p.inChannels4, p.turned == 1u);
  let column = select(out4, in4, p.turned == 1u);
  let plane = 4u * p.inChannels4 * p.outChannels4;
  var at = inner4 * 4u * columns4 + column;
  //# for k in 0..4
  storeFilter(at, columns4, h${k}0);
  storeFilter(at + plane, columns4, 0.5 * (h${k}0 + h${k}1 + h${k}2));
  storeFilter(at + 2u * plane, columns4, 0.5 * (h${k}0 - h${k}1 + h${k}2));
  storeFilter(at + 3u * plane, columns4, h${k}2);
  at += 4u * plane;
  //# end
}

fn storeFilter(at: u32, columns4: u32, value: mat4x4<f32>) {
  //# for q in 0..4
  u[at + ${q}u * columns4] = value[${q}];
  //# end
}
