// Winograd's sixteen products, one for each z: m[z, row, column] = sum over inner of v[z, row, inner] * u[z, inner, column].
//   row     a tile of the output                  A  v: [16, rows, inner / 4] of vec4<f32>
//   column  four output channels                  B  u: [16, inner, columns / 4] of vec4<f32>
//   inner   four input channels                   m: [16, rows, columns / 4] of vec4<f32>
@group(0) @binding(0) var<storage, read> v: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> u: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> m: array<vec4<f32>>;
@group(0) @binding(3) var<uniform> p: Params;

fn rowAt(row: u32, z: u32) -> Row { return Row(i32(z), i32(row), 0, 0u, row < p.rows); }

// The only tap tells which product it is.
fn tapCount(z: u32) -> u32 { return 1u; }
fn tapAt(z: u32, index: u32) -> vec2<i32> { return vec2<i32>(i32(z), 0); }
fn innerRange(z: u32) -> vec2<u32> { return vec2<u32>(0u, p.inner4); }

fn sourceAt(row: Row, tap: vec2<i32>, inner: u32) -> Source {
  let base = (u32(row.image) * p.rows + u32(row.top)) * p.inner4 + inner;
  return Source(select(0u, base, row.valid), row.valid, 0, 0, 0);
}

fn next(source: Source) -> Source {
  return Source(source.base + select(0u, 1u, source.valid), source.valid, 0, 0, 0);
}

fn loadA(row: Row, source: Source) -> vec4<f32> { return v[source.base]; }

fn loadB(tap: vec2<i32>, inner: u32, column: u32) -> mat4x4<f32> {
  let base = (u32(tap.x) * p.inner4 + inner) * 4u * p.columns4 + column;
  return mat4x4<f32>(u[base], u[base + p.columns4], u[base + 2u * p.columns4], u[base + 3u * p.columns4]);
}

fn store(row: u32, column: u32, z: u32, value: vec4<f32>) {
  m[(z * p.rows + row) * p.columns4 + column] = value;
}
