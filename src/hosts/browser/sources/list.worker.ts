/**
 * Lists a folder with its sub-folders, or tells its files' sizes, and is ended when it is done: with it goes what the browser holds for each file that
 * it has named, 100 MB for 20,000.
 */

export interface ListRequest {
  root: FileSystemDirectoryHandle;
  /** Sizes in place of names, which takes each file to be opened. */
  sizes: boolean;
}
export type Listed =
  | { folder: FileSystemDirectoryHandle; prefix: string }
  | { paths: string[] }
  | { sizes: [path: string, bytes: number][] }
  | { done: true };
/** `gone`: it is not where it was. */
export type ListReply = Listed | { failed: string; gone: boolean };

const PATHS_A_MESSAGE = 500;

const tell = (reply: ListReply) => postMessage(reply);

addEventListener('message', ({ data }: MessageEvent<ListRequest>) => {
  listAll(data).then(
    () => tell({ done: true }),
    (error: unknown) => {
      const { name, message } = error instanceof Error ? error : { name: '', message: String(error) };
      tell({ failed: message, gone: name === 'NotFoundError' });
    },
  );
});

async function listAll({ root, sizes }: ListRequest): Promise<void> {
  const paths: string[] = [];
  const sized: [string, number][] = [];
  const list = async (folder: FileSystemDirectoryHandle, prefix: string): Promise<void> => {
    if (!sizes) tell({ folder, prefix });
    for await (const [name, entry] of folder.entries()) {
      if (entry instanceof FileSystemDirectoryHandle) {
        await list(entry, `${prefix}${name}/`);
      } else if (sizes) {
        // A file that has gone since has no size.
        const file = await entry.getFile().catch(() => null);
        if (file) sized.push([prefix + name, file.size]);
        if (sized.length === PATHS_A_MESSAGE) tell({ sizes: sized.splice(0) });
      } else {
        paths.push(prefix + name);
        if (paths.length === PATHS_A_MESSAGE) tell({ paths: paths.splice(0) });
      }
    }
  };
  await list(root, '');
  tell(sizes ? { sizes: sized } : { paths });
}
