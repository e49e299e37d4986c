// C[M, N] = A[M, K] * B[K, N] without workgroup memory: an invocation owns ROWS rows x COLUMNS4 vec4 columns, LANES
// invocations lie along the columns of a workgroup. M, N, K are multiples of the tile.
@group(0) @binding(0) var<storage, read> a: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> b: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> c: array<vec4<f32>>;

@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let firstRow = group.y * ${ROWS}u;
  let column = group.x * ${LANES * COLUMNS4}u + local.x;
  //# for r in 0..ROWS
  //# for i in 0..COLUMNS4
  var sum${r}_${i} = vec4<f32>();
  //# end
  //# end
  for (var k = 0u; k < ${K / 4}u; k++) {
    //# for i in 0..COLUMNS4
    //# for q in 0..4
    let b${q}_${i} = b[(k * 4u + ${q}u) * ${N / 4}u + column + ${i * LANES}u];
    //# end
    //# end
    //# for r in 0..ROWS
    let a${r} = a[(firstRow + ${r}u) * ${K / 4}u + k];
    //# for i in 0..COLUMNS4
    sum${r}_${i} += b0_${i} * a${r}[0] + b1_${i} * a${r}[1] + b2_${i} * a${r}[2] + b3_${i} * a${r}[3];
    //# end
    //# end
  }
  //# for r in 0..ROWS
  //# for i in 0..COLUMNS4
  c[(firstRow + ${r}u) * ${N / 4}u + column + ${i * LANES}u] = sum${r}_${i};
  //# end
  //# end
}
