// Matrix product through workgroup memory, for GPUs: 64 rows x 16 vec4 columns a workgroup of 64 invocations, each
// of which owns 8 rows x 2 vec4 columns; 4 inner blocks (16 steps of the reduction) a round.
//   A_TRANSPOSED: see operandsFilterGradient.wgsl.
const TILE_ROWS = 64u;
const TILE_COLUMNS4 = 16u;
const DEPTH4 = 4u;

var<workgroup> tileA: array<array<vec4<f32>, 64>, 4>;
var<workgroup> tileB: array<array<vec4<f32>, 16>, 16>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let tile = group.x + group.y * p.gridX;
  if (tile >= p.tiles) { return; }
  let z = group.z;
  let firstRow = (tile / p.columnTiles) * TILE_ROWS;
  let firstColumn = (tile % p.columnTiles) * TILE_COLUMNS4;
  let range = innerRange(z);
  let span = range.y - min(range.x, range.y);
  let depth = tapCount(z) * span;

  // This invocation's share of the loads: one row of A, one vec4 column and inner block of B.
  let row = rowAt(firstRow + local, z);
  let loadColumn = min(firstColumn + local % TILE_COLUMNS4, p.columns4 - 1u);
  let loadBlock = local / TILE_COLUMNS4;
  // And of the sums.
  let ownRow = (local / 8u) * 8u;
  let ownColumn = local % 8u;
  //# for r in 0..8
  var acc${r}_0 = vec4<f32>();
  var acc${r}_1 = vec4<f32>();
  //# end

  for (var k = 0u; k < depth; k += DEPTH4) {
    for (var d = 0u; d < DEPTH4; d++) {
      var a = vec4<f32>();
      if (k + d < depth) {
        a = loadA(row, sourceAt(row, tapAt(z, (k + d) / span), range.x + (k + d) % span));
      }
      tileA[d][local] = a;
    }
    var b = mat4x4<f32>();
    if (k + loadBlock < depth) {
      b = loadB(tapAt(z, (k + loadBlock) / span), range.x + (k + loadBlock) % span, loadColumn);
    }
    //# for q in 0..4
    tileB[loadBlock * 4u + ${q}u][local % TILE_COLUMNS4] = b[${q}];
    //# end
    workgroupBarrier();
    for (var d = 0u; d < DEPTH4; d++) {
      //# for l in 0..8
      let a${l} = tileA[d][ownRow + ${l}u];
      //# end
      //# for q in 0..4
      let b${q}_0 = tileB[d * 4u + ${q}u][ownColumn];
      let b${q}_1 = tileB[d * 4u + ${q}u][ownColumn + 8u];
      //# end
      //# for r in 0..8
      //# for i in 0..2
      //# if A_TRANSPOSED
      acc${r}_${i} += b0_${i} * a${r / 4 * 4}[${r % 4}] + b1_${i} * a${r / 4 * 4 + 1}[${r % 4}] + b2_${i} * a${r / 4 * 4 + 2}[${r % 4}] + b3_${i} * a${r / 4 * 4 + 3}[${r % 4}];
      //# else
      acc${r}_${i} += b0_${i} * a${r}[0] + b1_${i} * a${r}[1] + b2_${i} * a${r}[2] + b3_${i} * a${r}[3];
      //# end
      //# end
      //# end
    }
    workgroupBarrier();
  }
  //# for r in 0..8
  if (firstRow + ownRow + ${r}u < p.rows) {
    if (firstColumn + ownColumn < p.columns4) { store(firstRow + ownRow + ${r}u, firstColumn + ownColumn, z, acc${r}_0); }
    if (firstColumn + ownColumn + 8u < p.columns4) { store(firstRow + ownRow + ${r}u, firstColumn + ownColumn + 8u, z, acc${r}_1); }
  }
  //# end
}
