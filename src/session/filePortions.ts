/** A folder whose files arrive in portions, for browsers without directory handles. */
import { StudioError } from '../engine/base/errors';
import type { FileSource } from '../engine/dataset/types';
import type { NamedFile } from '../protocol/messages';

export class FilePortions {
  private readonly files = new Map<string, File>();

  /** @param name the folder's. */
  constructor(readonly name: string) {}

  get count(): number {
    return this.files.size;
  }

  add(portion: readonly NamedFile[]): void {
    for (const { path, file } of portion) this.files.set(path, file);
  }

  /** Once the last portion is in. */
  toSource(): FileSource {
    const { files, name } = this;
    return {
      name,
      paths: [...files.keys()],
      sizes: (paths) => Promise.resolve(paths.map((path) => files.get(path)?.size ?? null)),
      read(path) {
        const file = files.get(path);
        return file
          ? Promise.resolve(file)
          : Promise.reject(new StudioError('bad-photo', `${path} is not in the folder`, 'Open the folder again.'));
      },
    };
  }
}
