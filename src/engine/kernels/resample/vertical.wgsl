// Pillow's resampling, second pass: every column to the view's height, rounded to u8. One invocation an output pixel.
// PACKED: `out` is pictures of any size as bytes, one behind the other, for the change of colours that follows.
// Otherwise flipped, divided by 255 and normalised: [N, size, size, 3], the views being squares of that size.
struct Params { gridX: u32, meanR: f32, meanG: f32, meanB: f32, stdR: f32, stdG: f32, stdB: f32 }
@group(0) @binding(0) var<storage, read> headers: array<u32>;
@group(0) @binding(1) var<storage, read> tables: array<i32>;
@group(0) @binding(2) var<storage, read> rows: array<u32>;
//# if PACKED
@group(0) @binding(3) var<storage, read_write> out: array<u32>;
//# else
@group(0) @binding(3) var<storage, read_write> out: array<f32>;
//# end
@group(0) @binding(4) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  let header = group.z * ${HEADER_WORDS}u;
  let outWidth = headers[header + 9u];
  let outHeight = headers[header + 10u];
  if (i >= outWidth * outHeight) { return; }
  let x = i % outWidth;
  let y = i / outWidth;
  let taps = headers[header + 5u];
  let starts = headers[header + 6u];
  let weights = starts + outHeight + y * taps;
  let first = headers[header + 7u] + u32(tables[starts + y]) * outWidth + x;
  var sum = vec3<i32>(1 << 21u);
  for (var t = 0u; t < taps; t++) {
    let weight = tables[weights + t];
    if (weight != 0) { sum += weight * rgb(rows[first + t * outWidth]); }
  }
  let bytes = clamp(sum >> vec3<u32>(22u), vec3<i32>(), vec3<i32>(255));
//# if PACKED
  let word = vec3<u32>(bytes);
  out[headers[header + 11u] + i] = word.x | (word.y << 8u) | (word.z << 16u);
//# else
  let value = (vec3<f32>(bytes) / 255.0 - vec3<f32>(p.meanR, p.meanG, p.meanB)) / vec3<f32>(p.stdR, p.stdG, p.stdB);
  let outX = select(x, outWidth - 1u - x, headers[header + 8u] != 0u);
  let at = ((group.z * outHeight + y) * outWidth + outX) * 3u;
  out[at] = value.x;
  out[at + 1u] = value.y;
  out[at + 2u] = value.z;
//# end
}

fn rgb(word: u32) -> vec3<i32> { return vec3<i32>(vec3<u32>(word & 255u, (word >> 8u) & 255u, (word >> 16u) & 255u)); }
