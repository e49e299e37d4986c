/**
 * JavaScript that reads a file into `photo`, a Blob that browsers show as the network was tested on it. They turn photos by
 * EXIF, and none of them lets a page choose.
 */
export const photoLines = (respectExif: boolean): string =>
  respectExif
    ? "const photo = await (await fetch('photo.jpg')).blob(); // Browsers turn it as its EXIF asks."
    : `// Taken as stored: EXIF, by which browsers turn photos, is made unreadable. In files other than JPEGs it counts all the same.
const bytes = new Uint8Array(await (await fetch('photo.jpg')).arrayBuffer());
const exif = new TextDecoder('latin1').decode(bytes.subarray(0, 65536)).indexOf('Exif\\0\\0');
if (exif >= 0) bytes[exif] = 0;
const photo = new Blob([bytes]);`;
