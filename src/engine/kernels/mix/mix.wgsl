// photos: [N + 1, R, R, 3]; mixed: [N, R, R, 3]. Inside the box photo i is share of photo i + 1 and the rest of photo i,
// outside of it photo i + 1 alone. An invocation a pixel.
struct Params { pixels: u32, gridX: u32, size: u32, left: u32, top: u32, right: u32, bottom: u32, share: f32 }
@group(0) @binding(0) var<storage, read> photos: array<f32>;
@group(0) @binding(1) var<storage, read_write> mixed: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let pixel = (group.x + group.y * p.gridX) * 64u + local;
  if (pixel >= p.pixels) { return; }
  let x = pixel % p.size;
  let y = pixel / p.size % p.size;
  let inside = x >= p.left && x < p.right && y >= p.top && y < p.bottom;
  let share = select(1.0, p.share, inside);
  let partner = pixel * 3u;
  let own = partner + p.size * p.size * 3u;
  for (var c = 0u; c < 3u; c++) {
    mixed[partner + c] = share * photos[own + c] + (1.0 - share) * photos[partner + c];
  }
}
