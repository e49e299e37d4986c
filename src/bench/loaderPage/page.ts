/** The loading half of the studio on a page of its own, for benches and tests: no network, no training. */
import type { WayTime } from './ways';
import type { EpochsAsk, EpochsReport, LoaderPage, PhotoAsk, PhotoReport, WaysAsk } from './words';

const worker = new Worker(new URL('./loader.worker.ts', import.meta.url), { type: 'module' });
const input = document.querySelector('input')!;

const files = () =>
  [...(input.files ?? [])].map((file) => ({
    path: file.webkitRelativePath.slice(file.webkitRelativePath.indexOf('/') + 1),
    file,
  }));

function ask<Reply>(message: EpochsAsk | PhotoAsk | WaysAsk): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const answered = ({ data }: MessageEvent<{ reply: Reply } | { failed: string }>) =>
      'reply' in data ? resolve(data.reply) : reject(new Error(data.failed));
    worker.addEventListener('message', answered, { once: true });
    worker.addEventListener('error', (event) => reject(new Error(event.message)), { once: true });
    worker.postMessage({ message, files: files() }, []);
  });
}

const loaderPage: LoaderPage = {
  paths: () => files().map(({ path }) => path),
  epochs: (given) => ask<EpochsReport>({ ...given, kind: 'epochs' }),
  ways: (given) => ask<WayTime[]>({ ...given, kind: 'ways' }),
  async photo(given) {
    const { pixels, ...rest } = await ask<PhotoReport>({ ...given, kind: 'photo' });
    return { ...rest, pixels: await base64(pixels) };
  },
};
window.loaderPage = loaderPage;

async function base64(bytes: Uint8Array): Promise<string> {
  const url = await new Promise<string>((resolve) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => typeof reader.result === 'string' && resolve(reader.result), { once: true });
    reader.readAsDataURL(new Blob([bytes.slice()]));
  });
  return url.slice(url.indexOf(',') + 1);
}
