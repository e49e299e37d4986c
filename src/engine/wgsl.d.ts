declare module '*.wgsl?raw' {
  const source: string;
  export default source;
}
declare module '*.wat' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
