/**
 * `npm run bench -- mend --data DIR [--each 10] [--seed 1]`: copies a folder of photos and plants among them copies of other photos, as they
 * are, saved anew, smaller, brighter, some of them in the other split, and blurred and dark ones; then has every photo looked
 * at. Prints JSON: of what was planted the share that was found, and what else was. Fails where a planted copy or leak was not found.
 */
import { cpSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import Papa from 'papaparse';
import sharp, { type Sharp } from 'sharp';
import { fork, permutation } from '../engine/base/rng';
import { callersFolder } from '../cli/headlessOptions';
import { nodeHost } from '../hosts/node/host';
import { type Problem, problemBit, PROBLEMS } from '../protocol/photos';
import { Session } from '../session/session';

const USAGE = 'Usage: npm run bench -- mend --data DIR [--each 10] [--seed 1]   DIR as ../shared/data/imagenette5a';
const TABLE = 'train_val_split.csv';
const PHOTOS = 'train_images';

interface Planted {
  name: string;
  /** What has to be found of it. */
  problems: readonly Problem[];
  /** Into the split that its original is not in. */
  across: boolean;
  /** Null for the same bytes. */
  change: ((photo: Sharp) => Sharp) | null;
}

const PLANTED: readonly Planted[] = [
  { name: 'copy', problems: ['exact'], across: false, change: null },
  { name: 'copy in the other split', problems: ['exact', 'leak'], across: true, change: null },
  { name: 'saved anew', problems: ['near'], across: false, change: (photo) => photo },
  {
    name: 'smaller, in the other split',
    problems: ['near', 'leak'],
    across: true,
    change: (photo) => photo.resize(180),
  },
  { name: 'brighter', problems: ['near'], across: false, change: (photo) => photo.modulate({ brightness: 1.15 }) },
  { name: 'blurred', problems: ['blurred'], across: false, change: (photo) => photo.blur(5) },
  { name: 'dark', problems: ['dark'], across: false, change: (photo) => photo.linear(0.12, 0) },
];

type Row = Record<'image_id' | 'label' | 'is_val', string>;

export async function main(args: readonly string[]): Promise<number> {
  const asked = parse(args);
  if (asked === null) {
    console.error(USAGE);
    return 2;
  }
  const { data, each, seed } = asked;
  const folder = mkdtempSync(path.join(tmpdir(), 'fixres-mend-'));
  try {
    cpSync(data, folder, { recursive: true });
    const planted = await plant(folder, each, seed);
    const session = new Session(nodeHost(undefined, path.join(folder, '.state')), () => undefined);
    await session.openDirectory({ handle: folder });
    const started = performance.now();
    await session.room.checkPhotos();
    const seconds = (performance.now() - started) / 1000;
    const { problems, check } = await session.room.photoColumns();
    const names = await namesOf(session, problems.length);
    const has = (photo: number, problem: Problem) => (problems[photo]! & problemBit(problem)) > 0;
    const found = PLANTED.map(({ name, problems: wanted }) => {
      const photos = [...planted].flatMap(([file, { kind }]) => (kind === name ? [names.indexOf(file)] : []));
      return {
        name,
        planted: photos.length,
        found: photos.filter((photo) => wanted.every((one) => has(photo, one))).length,
      };
    });
    const isCopy = (photo: number) => has(photo, 'exact') || has(photo, 'near');
    // What was copied is of a group of copies, too, and so may be a copy that is blurred or dark.
    const related = new Set([...planted].flatMap(([file, { from }]) => [file, from]));
    const others = names.flatMap((name, photo) => (related.has(name) ? [] : [photo]));
    const copies = found.filter(({ name }) => name !== 'blurred' && name !== 'dark');
    const alarms = Object.fromEntries(
      PROBLEMS.map((problem) => [problem, others.filter((photo) => has(photo, problem)).length]),
    );
    const missed = copies.filter((kind) => kind.found < kind.planted);
    console.log(
      JSON.stringify(
        {
          bench: 'mend',
          photos: names.length,
          seconds: Math.round(10 * seconds) / 10,
          found,
          groups: check!.groups.length,
          /** Among photos that were neither planted nor copied: in the folder as it came, or false alarms. */
          among: others.length,
          otherCopies: others.filter(isCopy).map((photo) => names[photo]),
          alarms,
        },
        null,
        2,
      ),
    );
    return missed.length > 0 ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** By the planted file: what was planted, and of which photo. */
async function plant(folder: string, each: number, seed: number): Promise<Map<string, { kind: string; from: string }>> {
  const table = path.join(folder, TABLE);
  const rows = Papa.parse<Row>(readFileSync(table, 'utf8'), { header: true, skipEmptyLines: true }).data;
  const order = permutation(fork(seed, 0), rows.length);
  const planted = new Map<string, { kind: string; from: string }>();
  let next = 0;
  for (const { name: kind, across, change } of PLANTED) {
    for (let i = 0; i < each; i++) {
      const { image_id: from, label, is_val: validates } = rows[order[next++]!]!;
      const file = `planted_${kind.replaceAll(/\W+/g, '_')}_${i}.jpg`;
      const [source, target] = [path.join(folder, PHOTOS, from), path.join(folder, PHOTOS, file)];
      if (change) await change(sharp(source)).jpeg({ quality: 85 }).toFile(target);
      else copyFileSync(source, target);
      rows.push({ image_id: file, label, is_val: (validates === 'True') === across ? 'False' : 'True' });
      planted.set(file, { kind, from });
    }
  }
  writeFileSync(table, Papa.unparse(rows));
  return planted;
}

/** By a photo's number. */
async function namesOf(session: Session, count: number): Promise<string[]> {
  const csv = await (await session.exportFile({ what: 'photos' })).blob.text();
  const names = Papa.parse<Row>(csv, { header: true, skipEmptyLines: true }).data.map(({ image_id: name }) => name);
  if (names.length !== count) throw new Error(`${names.length} names of ${count} photos`);
  return names;
}

function parse(args: readonly string[]): { data: string; each: number; seed: number } | null {
  try {
    const options = { data: { type: 'string' }, each: { type: 'string' }, seed: { type: 'string' } } as const;
    const { values } = parseArgs({ args: [...args], options });
    const [each, seed] = [Number(values.each ?? 10), Number(values.seed ?? 1)];
    if (values.data === undefined || !Number.isInteger(each) || !Number.isInteger(seed)) return null;
    return { data: path.resolve(callersFolder(), values.data), each, seed };
  } catch {
    return null;
  }
}
