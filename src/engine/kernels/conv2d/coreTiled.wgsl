// Matrix product through workgroup memory, for GPUs: ROWS rows x COLUMNS4 vec4 columns a workgroup, of which every
// invocation owns OWN_ROWS x OWN_COLUMNS4; DEPTH4 inner blocks (4 DEPTH4 steps of the reduction) a round.
//   A_TRANSPOSED: see operandsFilterGradient.wgsl.
var<workgroup> tileA: array<array<Tile4, ${ROWS}>, ${DEPTH4}>;
var<workgroup> tileB: array<array<Tile4, ${COLUMNS4}>, ${4 * DEPTH4}>;

@compute @workgroup_size(${ROWS / OWN_ROWS * (COLUMNS4 / OWN_COLUMNS4)})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let tile = group.x + group.y * p.gridX;
  if (tile >= p.tiles) { return; }
  let z = group.z;
  let firstRow = (tile / p.columnTiles) * ${ROWS}u;
  let firstColumn = (tile % p.columnTiles) * ${COLUMNS4}u;
  let range = innerRange(z);
  let span = range.y - min(range.x, range.y);
  let depth = tapCount(z) * span;

  // This invocation's share of the loads, A by rows and B by vec4 columns of one inner block.
  let loadRow = local % ${ROWS}u;
  //# for j in 0..A_ROWS
  let row${j} = rowAt(firstRow + loadRow + ${j * LANES}u, z);
  //# end
  let loadColumn = local % ${COLUMNS4}u;
  let column = min(firstColumn + loadColumn, p.columns4 - 1u);
  // And of the sums.
  let ownRow = local / ${COLUMNS4 / OWN_COLUMNS4}u * ${OWN_ROWS}u;
  let ownColumn = local % ${COLUMNS4 / OWN_COLUMNS4}u;
  //# for r in 0..OWN_ROWS
  //# for i in 0..OWN_COLUMNS4
  var acc${r}_${i} = vec4<f32>();
  //# end
  //# end

  for (var k = 0u; k < depth; k += ${DEPTH4}u) {
    for (var d = local / ${ROWS}u; d < ${DEPTH4}u; d += ${A_STEP}u) {
      let at = k + d;
      let inside = at < depth;
      let tap = tapAt(z, at / span);
      //# for j in 0..A_ROWS
      var a${j} = vec4<f32>();
      if (inside) { a${j} = loadA(row${j}, sourceAt(row${j}, tap, range.x + at % span)); }
      tileA[d][loadRow + ${j * LANES}u] = Tile4(a${j});
      //# end
    }
    for (var d = local / ${COLUMNS4}u; d < ${DEPTH4}u; d += ${LANES / COLUMNS4}u) {
      var b = mat4x4<f32>();
      if (k + d < depth) { b = loadB(tapAt(z, (k + d) / span), range.x + (k + d) % span, column); }
      //# for q in 0..4
      tileB[d * 4u + ${q}u][loadColumn] = Tile4(b[${q}]);
      //# end
    }
    workgroupBarrier();
    for (var d = 0u; d < ${DEPTH4}u; d++) {
      //# for r in 0..OWN_ROWS
      let a${r} = vec4<f32>(tileA[d][ownRow + ${r}u]);
      //# end
      //# for i in 0..OWN_COLUMNS4
      //# for q in 0..4
      let b${q}_${i} = vec4<f32>(tileB[d * 4u + ${q}u][ownColumn + ${i * (COLUMNS4 / OWN_COLUMNS4)}u]);
      //# end
      //# end
      //# for r in 0..OWN_ROWS
      //# for i in 0..OWN_COLUMNS4
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
  //# for r in 0..OWN_ROWS
  if (firstRow + ownRow + ${r}u < p.rows) {
    //# for i in 0..OWN_COLUMNS4
    if (firstColumn + ownColumn + ${i * (COLUMNS4 / OWN_COLUMNS4)}u < p.columns4) {
      store(firstRow + ownRow + ${r}u, firstColumn + ownColumn + ${i * (COLUMNS4 / OWN_COLUMNS4)}u, z, acc${r}_${i});
    }
    //# end
  }
  //# end
}
