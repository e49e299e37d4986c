/** A file that is overwritten in place, and the folder that such files are in: what a host has to give to keep a project. */

/** Reads and writes are done when they return, as far as the process is concerned; `flush` makes them outlive the system. */
export interface SlotFile {
  /** Bytes. */
  size(): number;
  /** Fills `bytes` from `at` on as far as the file goes; how many there were. */
  read(at: number, bytes: Uint8Array): number;
  /** All of it. @throws Error as the host says it, where the disk is full or gone. */
  write(at: number, bytes: Uint8Array): void;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

export interface SlotFolder {
  /** Made where there is none. One at a time: another opening of the same file fails until it is closed. */
  open(name: string): Promise<SlotFile>;
}
