// JPEG planes → RGBA words, as libjpeg does: chroma upsampled by a triangle filter with alternating rounding, then
// JFIF's conversion with 16-bit fixed point. One invocation a pixel of a view's region; group.z is the view.
// headers: ${HEADER_WORDS} words a view, see photoPixels.ts; planes: bytes, four a word; pixels: r | g << 8 | b << 16.
struct Params { gridX: u32 }
@group(0) @binding(0) var<storage, read> headers: array<u32>;
@group(0) @binding(1) var<storage, read> planes: array<u32>;
@group(0) @binding(2) var<storage, read_write> pixels: array<u32>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  let header = group.z * ${HEADER_WORDS}u;
  let width = headers[header + 2u];
  if (i >= width * headers[header + 3u]) { return; }
  let x = headers[header + 4u] + i % width;
  let y = headers[header + 5u] + i / width;
  let lumaAt = headers[header];
  let windowWidth = headers[header + 6u];
  let windowHeight = headers[header + 7u];
  // Chroma samples are one or two pixels apart: shifts of 0 or 1.
  let shiftX = headers[header + 8u];
  let shiftY = headers[header + 9u];
  let columns = (windowWidth + shiftX) >> shiftX;
  let rows = (windowHeight + shiftY) >> shiftY;
  let nearX = x >> shiftX;
  let nearY = y >> shiftY;
  let farX = select(nearX, neighbour(nearX, x, columns), shiftX == 1u);
  let farY = select(nearY, neighbour(nearY, y, rows), shiftY == 1u);
  // Sums of 3 : 1 weights in both directions are 16 times a sample.
  var round = 8u;
  if (shiftX == 1u) {
    if (shiftY == 1u) { round = 8u - (x & 1u); } else { round = 4u + 4u * (x & 1u); }
  }
  let blueAt = lumaAt + windowWidth * windowHeight;
  let redAt = blueAt + columns * rows;
  let near = nearY * columns;
  let far = farY * columns;
  let blue = i32((3u * (3u * byte(blueAt + near + nearX) + byte(blueAt + far + nearX))
    + 3u * byte(blueAt + near + farX) + byte(blueAt + far + farX) + round) >> 4u) - 128;
  let red = i32((3u * (3u * byte(redAt + near + nearX) + byte(redAt + far + nearX))
    + 3u * byte(redAt + near + farX) + byte(redAt + far + farX) + round) >> 4u) - 128;
  let luma = i32(byte(lumaAt + y * windowWidth + x));
  let r = luma + ((91881 * red + 32768) >> 16u);
  let g = luma + ((32768 - 22554 * blue - 46802 * red) >> 16u);
  let b = luma + ((116130 * blue + 32768) >> 16u);
  let rgb = vec3<u32>(clamp(vec3<i32>(r, g, b), vec3<i32>(), vec3<i32>(255)));
  pixels[headers[header + 1u] + i] = rgb.x | (rgb.y << 8u) | (rgb.z << 16u);
}

// The sample on the other side of the pixel: before it for even pixels, after it for odd ones.
fn neighbour(near: u32, pixel: u32, count: u32) -> u32 {
  return u32(clamp(i32(near) + i32(2u * (pixel & 1u)) - 1, 0, i32(count) - 1));
}

fn byte(at: u32) -> u32 { return (planes[at >> 2u] >> ((at & 3u) * 8u)) & 255u; }
