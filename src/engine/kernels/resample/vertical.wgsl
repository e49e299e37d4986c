// Pillow's resampling, second pass: every column to `size` pixels, rounded to u8, flipped, then divided by 255.
// images: [N, size, size, 3]. One invocation an output pixel.
struct Params { size: u32, gridX: u32 }
@group(0) @binding(0) var<storage, read> headers: array<u32>;
@group(0) @binding(1) var<storage, read> tables: array<i32>;
@group(0) @binding(2) var<storage, read> rows: array<u32>;
@group(0) @binding(3) var<storage, read_write> images: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  if (i >= p.size * p.size) { return; }
  let header = group.z * ${HEADER_WORDS}u;
  let x = i % p.size;
  let y = i / p.size;
  let taps = headers[header + 5u];
  let starts = headers[header + 6u];
  let weights = starts + p.size + y * taps;
  let first = headers[header + 7u] + u32(tables[starts + y]) * p.size + x;
  var sum = vec3<i32>(1 << 21u);
  for (var t = 0u; t < taps; t++) {
    let weight = tables[weights + t];
    if (weight != 0) { sum += weight * rgb(rows[first + t * p.size]); }
  }
  let value = vec3<f32>(clamp(sum >> vec3<u32>(22u), vec3<i32>(), vec3<i32>(255))) / 255.0;
  let outX = select(x, p.size - 1u - x, headers[header + 8u] != 0u);
  let at = ((group.z * p.size + y) * p.size + outX) * 3u;
  images[at] = value.x;
  images[at + 1u] = value.y;
  images[at + 2u] = value.z;
}

fn rgb(word: u32) -> vec3<i32> { return vec3<i32>(vec3<u32>(word & 255u, (word >> 8u) & 255u, (word >> 16u) & 255u)); }
