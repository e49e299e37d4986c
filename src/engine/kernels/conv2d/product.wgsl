// What both cores of the matrix product share: the dimensions, and the types that the operands speak.
// C[row, column] = sum over taps and inner blocks of A[row, 4 inner] * B[4 inner, 4 columns], summed in f32.

// A tap is a filter position and `tapInner4` blocks of four along it: one position's input channels, or, where photos
// of few channels were padded, a whole row of the filter at once (see conv2d.ts).
struct Params {
  inHeight: i32,
  inWidth: i32,
  inChannels4: u32,
  outHeight: i32,
  outWidth: i32,
  outChannels4: u32,
  images: i32,
  tapsDown: i32,
  tapsAcross: i32,
  tapInner4: u32,
  stride: i32,
  pad: i32,
  phaseHeight: i32,
  phaseWidth: i32,
  rows: u32,
  columns4: u32,
  inner4: u32,
  innerPerSplit: u32,
  columnTiles: u32,
  tiles: u32,
  gridX: u32,
  accumulate: u32,
  stepImages: i32,
  stepDown: i32,
  stepAcross: i32,
}

// Where a row of A starts: worked out once a tile.
struct Row {
  image: i32,
  top: i32,
  left: i32,
  channel4: u32,
  valid: bool,
}

// Where a row of A lies for one tap and inner block; `next` moves it on by one block, without a division.
// The filter gradient walks over output pixels: its image, and its place in it.
struct Source {
  base: u32,
  valid: bool,
  image: i32,
  down: i32,
  across: i32,
}
