// Matrix product in registers for adapters with a fixed, small subgroup (software adapters): ROWS rows x LANES x
// COLUMNS4 vec4 columns a workgroup. Every lane owns COLUMNS4 vec4 columns of all ROWS rows; each lane loads a
// different part of A once and the subgroup broadcasts it. No workgroup memory.
//   SUBGROUP lanes a subgroup, LANES a workgroup; A_TRANSPOSED: see operandsFilterGradient.wgsl.

@compute @workgroup_size(${LANES})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let tile = group.x + group.y * p.gridX;
  if (tile >= p.tiles) { return; }
  let z = group.z;
  let firstRow = (tile / p.columnTiles) * ${ROWS}u;
  let firstColumn = (tile % p.columnTiles) * ${LANES * COLUMNS4}u + local.x;
  //# for i in 0..COLUMNS4
  let column${i} = min(firstColumn + ${i * LANES}u, p.columns4 - 1u);
  //# end
  //# for j in 0..ROWS / SUBGROUP
  let row${j} = rowAt(firstRow + ${j * SUBGROUP}u + lane, z);
  //# end
  //# for r in 0..ROWS
  //# for i in 0..COLUMNS4
  var total${r}_${i} = vec4<f32>();
  //# end
  //# end
  let range = innerRange(z);
  let taps = tapCount(z);
  for (var t = 0u; t < taps; t++) {
    let tap = tapAt(z, t);
    //# for j in 0..ROWS / SUBGROUP
    var source${j} = sourceAt(row${j}, tap, range.x);
    //# end
    for (var chunk = range.x; chunk < range.y; chunk += ${CHUNK}u) {
    //# for r in 0..ROWS
    //# for i in 0..COLUMNS4
    var acc${r}_${i} = vec4<f32>();
    //# end
    //# end
    for (var inner = chunk; inner < min(chunk + ${CHUNK}u, range.y); inner++) {
      //# for j in 0..ROWS / SUBGROUP
      let a${j} = loadA(row${j}, source${j});
      source${j} = next(source${j});
      //# end
      //# for i in 0..COLUMNS4
      let b${i} = loadB(tap, inner, column${i});
      //# end
      //# for r in 0..ROWS
      {
        //# for q in 0..4
        //# if A_TRANSPOSED
        let e${q} = subgroupBroadcast(a${(r / 4 * 4 + q) / SUBGROUP}[${r % 4}], ${(r / 4 * 4 + q) % SUBGROUP}u);
        //# else
        let e${q} = subgroupBroadcast(a${r / SUBGROUP}[${q}], ${r % SUBGROUP}u);
        //# end
        //# end
        //# for i in 0..COLUMNS4
        acc${r}_${i} += b${i}[0] * e0 + b${i}[1] * e1 + b${i}[2] * e2 + b${i}[3] * e3;
        //# end
      }
      //# end
    }
    //# for r in 0..ROWS
    //# for i in 0..COLUMNS4
    total${r}_${i} += acc${r}_${i};
    //# end
    //# end
    }
  }
  var totals = array<vec4<f32>, ${ROWS * COLUMNS4}>(
  //# for r in 0..ROWS
  //# for i in 0..COLUMNS4
    total${r}_${i},
  //# end
  //# end
  );
  for (var r = 0u; r < min(${ROWS}u, p.rows - firstRow); r++) {
    for (var i = 0u; i < ${COLUMNS4}u; i++) {
      let column = firstColumn + i * ${LANES}u;
      if (column < p.columns4) { store(firstRow + r, column, z, totals[r * ${COLUMNS4}u + i]); }
    }
  }
}
