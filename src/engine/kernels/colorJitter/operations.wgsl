// Pillow's ImageEnhance on bytes. What both passes share: the pictures, what is to be done to each, and one operation.
// A view's words in `changes`: picture at, width, height, left, top, flip, three operations (0: none, 1: brightness,
// 2: contrast, 3: saturation), products at. Products are f32(factor * d) for d = -255 … 255, an operation after another.
@group(0) @binding(0) var<storage, read> changes: array<u32>;
@group(0) @binding(1) var<storage, read> pictures: array<u32>;

fn rgb(word: u32) -> vec3<i32> { return vec3<i32>(vec3<u32>(word & 255u, (word >> 8u) & 255u, (word >> 16u) & 255u)); }

// Pillow's L of RGB, in 16 fraction bits.
fn grey(color: vec3<i32>) -> i32 { return (color.x * 19595 + color.y * 38470 + color.z * 7471 + 0x8000) >> 16u; }

// ImagingBlend in single precision. The product comes from a table, so that no compiler fuses it with the sum.
fn blend(base: i32, value: i32, products: u32) -> i32 {
  let product = bitcast<f32>(changes[products + u32(value - base + 255)]);
  return i32(clamp(f32(base) + product, 0.0, 255.0));
}

// Operation `k` of the view whose words begin at `change`.
fn enhance(color: vec3<i32>, change: u32, k: u32, mean: i32) -> vec3<i32> {
  let kind = changes[change + 6u + k];
  if (kind == 0u) { return color; }
  let products = changes[change + 9u] + k * ${PRODUCTS}u;
  var base = 0;
  if (kind == ${CONTRAST}u) { base = mean; }
  if (kind == ${SATURATION}u) { base = grey(color); }
  return vec3<i32>(blend(base, color.x, products), blend(base, color.y, products), blend(base, color.z, products));
}
