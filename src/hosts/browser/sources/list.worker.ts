/**
 * Lists a folder with its sub-folders, and is ended when it is done: with it goes what the browser holds for each file that
 * it has named, 100 MB for 20,000.
 */

export type Listed = { folder: FileSystemDirectoryHandle; prefix: string } | { paths: string[] } | { done: true };
export type ListReply = Listed | { failed: string };

const PATHS_A_MESSAGE = 500;

const tell = (reply: ListReply) => postMessage(reply);

addEventListener('message', ({ data }: MessageEvent<{ root: FileSystemDirectoryHandle }>) => {
  listAll(data.root).then(
    () => tell({ done: true }),
    (error: unknown) => tell({ failed: error instanceof Error ? error.message : String(error) }),
  );
});

async function listAll(root: FileSystemDirectoryHandle): Promise<void> {
  let paths: string[] = [];
  const list = async (folder: FileSystemDirectoryHandle, prefix: string): Promise<void> => {
    tell({ folder, prefix });
    for await (const [name, entry] of folder.entries()) {
      if (entry instanceof FileSystemDirectoryHandle) {
        await list(entry, `${prefix}${name}/`);
      } else {
        paths.push(prefix + name);
        if (paths.length === PATHS_A_MESSAGE) tell({ paths: paths.splice(0) });
      }
    }
  };
  await list(root, '');
  tell({ paths });
}
