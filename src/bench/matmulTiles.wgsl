// C[M, N] = A[M, K] * B[K, N] through workgroup memory: 8 * SIDE rows and columns a workgroup of SIDE x SIDE invocations,
// each of which owns 8 rows x 2 vec4 columns; DEPTH steps of the sum a round. M, N, K are multiples of the tile.
@group(0) @binding(0) var<storage, read> a: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> b: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> c: array<vec4<f32>>;

const INVOCATIONS = ${SIDE * SIDE}u;
const TILE = ${SIDE * 8}u;
const TILE4 = ${SIDE * 2}u;
const DEPTH4 = ${DEPTH / 4}u;

var<workgroup> tileA: array<array<vec4<f32>, TILE>, DEPTH4>;
var<workgroup> tileB: array<array<vec4<f32>, TILE4>, ${DEPTH}>;

@compute @workgroup_size(${SIDE * SIDE})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let firstRow = group.y * TILE;
  let firstColumn = group.x * TILE4;
  let ownRow = (local / ${SIDE}u) * 8u;
  let ownColumn = local % ${SIDE}u;
  //# for r in 0..8
  var sum${r}_0 = vec4<f32>();
  var sum${r}_1 = vec4<f32>();
  //# end
  for (var k = 0u; k < ${K / 4}u; k += DEPTH4) {
    for (var i = local; i < TILE * DEPTH4; i += INVOCATIONS) {
      tileA[i % DEPTH4][i / DEPTH4] = a[(firstRow + i / DEPTH4) * ${K / 4}u + k + i % DEPTH4];
    }
    for (var i = local; i < TILE4 * ${DEPTH}u; i += INVOCATIONS) {
      tileB[i / TILE4][i % TILE4] = b[(k * 4u + i / TILE4) * ${N / 4}u + firstColumn + i % TILE4];
    }
    workgroupBarrier();
    for (var d = 0u; d < DEPTH4; d++) {
      //# for q in 0..4
      let b${q}_0 = tileB[d * 4u + ${q}u][ownColumn];
      let b${q}_1 = tileB[d * 4u + ${q}u][ownColumn + ${SIDE}u];
      //# end
      //# for r in 0..8
      let a${r} = tileA[d][ownRow + ${r}u];
      sum${r}_0 += b0_0 * a${r}[0] + b1_0 * a${r}[1] + b2_0 * a${r}[2] + b3_0 * a${r}[3];
      sum${r}_1 += b0_1 * a${r}[0] + b1_1 * a${r}[1] + b2_1 * a${r}[2] + b3_1 * a${r}[3];
      //# end
    }
    workgroupBarrier();
  }
  //# for r in 0..8
  c[(firstRow + ownRow + ${r}u) * ${N / 4}u + firstColumn + ownColumn] = sum${r}_0;
  c[(firstRow + ownRow + ${r}u) * ${N / 4}u + firstColumn + ownColumn + ${SIDE}u] = sum${r}_1;
  //# end
}
