declare module '*.wgsl?raw' {
  const source: string;
  export default source;
}
declare module '*.wat' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
/** A whole program, bundled, as text. */
declare module '*?program' {
  const code: string;
  export default code;
}
declare module '*.css?raw' {
  const style: string;
  export default style;
}
