// One homography and one change of light a photo: torch's grid_sample(bilinear, reflection, align_corners) and fastai's
// lighting in logit space, then normalisation. x, out: [N, size, size, 3]. One invocation an output pixel.
// A view's words in `warps`: the matrix from output to input pixels row by row, brightness, contrast.
struct Params { size: u32, gridX: u32, meanR: f32, meanG: f32, meanB: f32, stdR: f32, stdG: f32, stdB: f32 }
@group(0) @binding(0) var<storage, read> warps: array<f32>;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * p.gridX) * 64u + local;
  if (i >= p.size * p.size) { return; }
  let warp = group.z * ${WARP_WORDS}u;
  let to = vec3<f32>(f32(i % p.size), f32(i / p.size), 1.0);
  let across = dot(row(warp), to);
  let down = dot(row(warp + 3u), to);
  let depth = dot(row(warp + 6u), to);
  let span = f32(p.size - 1u);
  let position = vec2<f32>(reflected(across / depth, span), reflected(down / depth, span));
  let corner = min(vec2<u32>(position), vec2<u32>(p.size - 2u));
  let part = position - vec2<f32>(corner);
  let at = (group.z * p.size * p.size + corner.y * p.size + corner.x) * 3u;
  let upper = mix(rgb(at), rgb(at + 3u), part.x);
  let lower = mix(rgb(at + 3u * p.size), rgb(at + 3u * p.size + 3u), part.x);
  let lit = light(mix(upper, lower, part.y), warps[warp + 9u], warps[warp + 10u]);
  let value = (lit - vec3<f32>(p.meanR, p.meanG, p.meanB)) / vec3<f32>(p.stdR, p.stdG, p.stdB);
  let outAt = (group.z * p.size * p.size + i) * 3u;
  out[outAt] = value.x;
  out[outAt + 1u] = value.y;
  out[outAt + 2u] = value.z;
}

fn row(at: u32) -> vec3<f32> { return vec3<f32>(warps[at], warps[at + 1u], warps[at + 2u]); }
fn rgb(at: u32) -> vec3<f32> { return vec3<f32>(x[at], x[at + 1u], x[at + 2u]); }

// Mirrored at the first and the last pixel's centre as often as needed.
fn reflected(at: f32, span: f32) -> f32 {
  let beyond = abs(at);
  let times = floor(beyond / span);
  let rest = clamp(beyond - times * span, 0.0, span);
  return select(rest, span - rest, (i32(times) & 1) == 1);
}

fn light(color: vec3<f32>, brightness: f32, contrast: f32) -> vec3<f32> {
  if (brightness == 0.0 && contrast == 1.0) { return color; }
  let inside = clamp(color, vec3<f32>(1e-7), vec3<f32>(1.0 - 1e-7));
  let logit = log(inside / (1.0 - inside));
  return 1.0 / (1.0 + exp((logit + brightness) * -contrast));
}
