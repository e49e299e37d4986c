// Winograd's inputs: v = B^T d B, d being the 4 x 4 pixels under a tile of 2 x 2 output pixels, [16, tiles, C / 4].
//   B^T = 1 0 -1 0 | 0 1 1 0 | 0 -1 1 0 | 0 1 0 -1
// One invocation four channels of a tile, the first of which is `firstTile`.
struct Params {
  height: i32,
  width: i32,
  channels4: u32,
  tilesDown: u32,
  tilesAcross: u32,
  firstTile: u32,
  tiles: u32,
  gridX: u32,
  pad: i32,
}
@group(0) @binding(0) var<storage, read> x: array<Stored4>;
@group(0) @binding(1) var<storage, read_write> v: array<vec4<f32>>;
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  let count = p.tiles * p.channels4;
  if (i >= count) { return; }
  let tile = p.firstTile + i / p.channels4;
  let left = i32(tile % p.tilesAcross) * 2 - p.pad;
  let top = i32(tile / p.tilesAcross % p.tilesDown) * 2 - p.pad;
  let image = i32(tile / (p.tilesAcross * p.tilesDown));
  let channel = i % p.channels4;
  //# for k in 0..4
  let down${k} = (top + ${k} >= 0) & (top + ${k} < p.height);
  let row${k} = (image * p.height + top + ${k}) * p.width + left;
  //# for j in 0..4
  let inside${k}${j} = down${k} & (left + ${j} >= 0) & (left + ${j} < p.width);
  let d${k}${j} = select(vec4<f32>(), loaded(x[select(0u, u32(row${k} + ${j}) * p.channels4 + channel, inside${k}${j})]), inside${k}${j});
  //# end
  //# end
  //# for j in 0..4
  let e0${j} = d0${j} - d2${j};
  let e1${j} = d1${j} + d2${j};
  let e2${j} = d2${j} - d1${j};
  let e3${j} = d1${j} - d3${j};
  //# end
  //# for k in 0..4
  v[${4 * k}u * count + i] = e${k}0 - e${k}2;
  v[${4 * k + 1}u * count + i] = e${k}1 + e${k}2;
  v[${4 * k + 2}u * count + i] = e${k}2 - e${k}1;
  v[${4 * k + 3}u * count + i] = e${k}1 - e${k}3;
  //# end
}
