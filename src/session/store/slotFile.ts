/** Files that are overwritten in place, and the folders that such files are in: what a host has to give to keep projects. */

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

/** A project's files to look at, whoever has them open. */
export interface FolderView {
  /** A file as it stands; null where there is none. @throws Error as the host says it, where it cannot be read. */
  blob(name: string): Promise<Blob | null>;
  /** Of all files, on the disk. */
  bytes(): Promise<number>;
}

/** A project's files to write, for one session alone. */
export interface SlotFolder {
  /** Made where there is none. One at a time: another opening of the same file fails until it is closed. */
  open(name: string): Promise<SlotFile>;
  /** Lets another session have it; its files are closed by then. */
  release(): void;
}

/** Where projects are kept, a folder each. Where the host refuses, everything rejects with its Error. */
export interface ProjectFolders {
  /** Of those that there are, in no order. */
  ids(): Promise<readonly string[]>;
  /** Of one that is to be; a host of one project has the same for all. */
  newId(): string;
  /** Those that other sessions work on. */
  openElsewhere(): Promise<ReadonlySet<string>>;
  look(id: string): Promise<FolderView>;
  /** Made where there is none. @throws StudioError `busy` where another session works on it. */
  open(id: string): Promise<SlotFolder>;
  /** With all its files. */
  remove(id: string): Promise<void>;
}
