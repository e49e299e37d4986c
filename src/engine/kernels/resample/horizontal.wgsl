// Pillow's resampling, first pass: every row of every region to the view's width, rounded to u8 as Pillow does.
// Views of one batch lie one behind the other; `headers` says where. See resample.ts for the header's words.
struct Params { gridX: u32 }
@group(0) @binding(0) var<storage, read> headers: array<u32>;
@group(0) @binding(1) var<storage, read> tables: array<i32>;
@group(0) @binding(2) var<storage, read> pixels: array<u32>;
@group(0) @binding(3) var<storage, read_write> rows: array<u32>;
@group(0) @binding(4) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  let header = group.z * ${HEADER_WORDS}u;
  let width = headers[header + 1u];
  let height = headers[header + 2u];
  let outWidth = headers[header + 9u];
  if (i >= height * outWidth) { return; }
  let x = i % outWidth;
  let taps = headers[header + 3u];
  let starts = headers[header + 4u];
  let weights = starts + outWidth + x * taps;
  let first = headers[header] + (i / outWidth) * width + u32(tables[starts + x]);
  var sum = vec3<i32>(1 << 21u);
  for (var t = 0u; t < taps; t++) {
    let weight = tables[weights + t];
    if (weight != 0) { sum += weight * rgb(pixels[first + t]); }
  }
  let value = vec3<u32>(clamp(sum >> vec3<u32>(22u), vec3<i32>(), vec3<i32>(255)));
  rows[headers[header + 7u] + i] = value.x | (value.y << 8u) | (value.z << 16u);
}

fn rgb(word: u32) -> vec3<i32> { return vec3<i32>(vec3<u32>(word & 255u, (word >> 8u) & 255u, (word >> 16u) & 255u)); }
