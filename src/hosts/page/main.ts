/**
 * The page that is given away: drop a photo, get an answer. One network, what it needs, and no server; the network lies in
 * the page itself or in files beside it. Bundled as text, which `engine/exports/page.ts` puts into the page.
 */
import type { PageAbout } from '../../engine/exports/pageAbout';
import { type OpenedNetwork, openNetwork, type PageFiles } from './network';
import { readPhoto } from './photo';

const SHOWN = 3;

const about = JSON.parse(element('about').textContent ?? '') as PageAbout;
const status = element('status');
const cards = element('cards');
/** One photo at a time. */
let last: Promise<unknown> = Promise.resolve();

void start();

async function start(): Promise<void> {
  try {
    const started = performance.now();
    const wanted = new URLSearchParams(location.hash.slice(1)).get('backend');
    const network = await openNetwork(await filesOf(), about, wanted);
    status.textContent = `Ready, on ${network.runsOn}.`;
    status.dataset['milliseconds'] = String(Math.round(performance.now() - started));
    takeFiles((files) => {
      for (const file of files) last = last.then(() => answer(network, file));
    });
  } catch (error) {
    status.textContent = `The network could not be opened: ${reasonOf(error)}.`;
    status.dataset['failed'] = '';
  }
}

/** In the page itself, or beside it. */
async function filesOf(): Promise<PageFiles> {
  const embedded = document.getElementById('model');
  if (embedded) {
    return {
      model: JSON.parse(embedded.textContent ?? '') as PageFiles['model'],
      shards: async (path) => unpack(path),
    };
  }
  if (location.protocol === 'file:')
    throw new Error(
      'browsers read no files beside a page on the disk; open classifier.html, or put the folder on a server',
    );
  const model = (await (await fetched('model.json')).json()) as PageFiles['model'];
  return { model, shards: async (path) => new Uint8Array(await (await fetched(path)).arrayBuffer()) };
}

async function fetched(path: string): Promise<Response> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path} is missing (${response.status})`);
  return response;
}

/** Base64 between the page's tags; let go of once it is read. */
function unpack(path: string): Uint8Array<ArrayBuffer> {
  const shard = document.querySelector(`script[data-shard="${path}"]`);
  if (!shard) throw new Error(`the page has no ${path}: it was cut short`);
  const text = atob(shard.textContent ?? '');
  shard.remove();
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

function takeFiles(take: (files: readonly File[]) => void): void {
  const input = element('file') as HTMLInputElement;
  input.disabled = false;
  input.addEventListener('change', () => {
    take([...(input.files ?? [])]);
    input.value = '';
  });
  addEventListener('dragover', (event) => event.preventDefault());
  addEventListener('drop', (event) => {
    event.preventDefault();
    take([...(event.dataTransfer?.files ?? [])]);
  });
  addEventListener('paste', (event) => take([...(event.clipboardData?.files ?? [])]));
}

async function answer(network: OpenedNetwork, file: File): Promise<void> {
  const card = make('li', { className: 'card' });
  card.dataset['name'] = file.name;
  cards.prepend(card);
  card.append(make('p', { textContent: `${file.name} …` }));
  try {
    const size = about.view.crop;
    const probabilities = await network.classify(await readPhoto(file, about.view, about.respectExif), size);
    const photo = make('img', { src: URL.createObjectURL(file), alt: file.name });
    photo.addEventListener('load', () => URL.revokeObjectURL(photo.src));
    card.replaceChildren(photo, answersOf(probabilities));
    card.dataset['probabilities'] = JSON.stringify([...probabilities]);
  } catch (error) {
    card.replaceChildren(make('p', { className: 'failed', textContent: `${file.name}: ${reasonOf(error)}.` }));
  }
}

function answersOf(probabilities: Float32Array): HTMLElement {
  const best = about.classes
    .map((name, k) => ({ name, share: probabilities[k]! }))
    .sort((a, b) => b.share - a.share)
    .slice(0, SHOWN);
  const list = make('ol', {});
  for (const { name, share } of best) {
    const bar = make('meter', { value: share, textContent: `${(100 * share).toFixed(1)} %` });
    const line = make('li', {});
    line.append(make('b', { textContent: name }), ` ${(100 * share).toFixed(1)} %`, bar);
    list.append(line);
  }
  return list;
}

function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]>,
): HTMLElementTagNameMap[K] {
  return Object.assign(document.createElement(tag), properties);
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}`);
  return found;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
