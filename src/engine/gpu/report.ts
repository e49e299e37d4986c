/** What is told of an adapter to people and kept in `metrics.json`. */
export interface AdapterReport {
  vendor: string;
  architecture: string;
  description: string;
  /** A processor pretending to be a GPU: SwiftShader, lavapipe. */
  software: boolean;
  features: readonly string[];
  maxBufferBytes: number;
  maxBindingBytes: number;
  subgroupSize: number | null;
}
