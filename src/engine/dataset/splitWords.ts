/** What folders, files and cells call the splits. */
import { listOf, type DatasetSettings } from './settings';

export type SplitWord = 'train' | 'validation' | 'test';

const wordsFor = (split: SplitWord, words: string): [string, SplitWord][] =>
  words.split(' ').map((word) => [word, split]);

/** English first, then as Spanish, Portuguese, French, Italian and German have them; without accents. */
const WORDS: ReadonlyMap<string, SplitWord> = new Map([
  ...wordsFor('train', 'train training trn trainval trainvalid'),
  ...wordsFor('train', 'entrenamiento treino treinamento treinar entrainement apprentissage addestramento lernen'),
  ...wordsFor('validation', 'val valid validation validate validating dev eval evaluation publictest'),
  ...wordsFor('validation', 'validacion validacao convalida validazione validierung'),
  ...wordsFor('test', 'test testing tst holdout heldout privatetest unseen prueba pruebas teste testen'),
]);

/** Words that say nothing beside a split's: "training_set", "seg_train", "Testing Data", "val2017". */
const FILLERS = new Set(
  `a all and annotation annotations class classes classification clean csv cropped data dataset datasets ds dir directory directories example
  examples file files final fold folder folders folds full gt is hq image images imagefolder img imgs jpeg jpegs jpg label labels
  list lists loc meta metadata my new org original part photo photos pic pics picture pictures png pngs processed public raw
  resized sample samples seg set sets small solution split splits subset the v ver version`.split(/\s+/),
);

/** "isTraining_img2" → is, training, img. */
function tokensOf(text: string): string[] {
  return withoutAccents(text)
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((token) => token !== '');
}

const withoutAccents = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '');

/** "Train", "valid", "TEST", "training_set", "seg_train", "Testing Data" …; anything else is undefined. */
export function splitWord(text: string): SplitWord | undefined {
  const plain = withoutAccents(text.trim()).toLowerCase();
  const whole = WORDS.get(plain) ?? WORDS.get(plain.replaceAll(/[^\p{L}]/gu, ''));
  if (whole) return whole;
  const telling = tokensOf(text).filter((token) => !FILLERS.has(token));
  if (telling.length === 0) return undefined;
  const words = telling.map((token) => WORDS.get(token));
  if (words.includes(undefined)) return undefined;
  const roles = new Set(words);
  // "train_val" is what is left of train and validation once a test part is set aside.
  if (roles.size === 2 && roles.has('train') && roles.has('validation')) return 'train';
  return roles.size === 1 ? words[0] : undefined;
}

/** The same where a person has said which words mean what: then no other word means anything. */
export function splitWordsOf(settings: DatasetSettings): (text: string) => SplitWord | undefined {
  const { splitTrain, splitValidation, splitTest } = settings;
  if (splitTrain === undefined && splitValidation === undefined && splitTest === undefined) return splitWord;
  const said = new Map<string, SplitWord>();
  for (const value of listOf(splitTrain)) said.set(value.toLowerCase(), 'train');
  for (const value of listOf(splitValidation)) said.set(value.toLowerCase(), 'validation');
  for (const value of listOf(splitTest)) said.set(value.toLowerCase(), 'test');
  return (text) => said.get(text.trim().toLowerCase());
}

/** Names that differ in a split's word alone: "cats_dogs_train" beside "cats_dogs_test". */
export function splitsAlike(names: readonly string[]): ReadonlyMap<string, SplitWord> {
  const families = new Map<string, [name: string, word: SplitWord][]>();
  for (const name of names) {
    const tokens = tokensOf(name);
    const said = tokens.flatMap((token) => WORDS.get(token) ?? []);
    if (said.length !== 1) continue;
    const rest = restOf(name);
    if (!families.has(rest)) families.set(rest, []);
    families.get(rest)!.push([name, said[0]!]);
  }
  const alike = [...families.values()].filter((family) => new Set(family.map(([, word]) => word)).size > 1);
  return new Map(alike.flat());
}

/** A name without its splits' words, to see which names belong together. */
export function restOf(name: string): string {
  return withoutAccents(name)
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .map((token) => (WORDS.has(token.replaceAll(/\d+/g, '')) ? token.replaceAll(/\D+/g, '') : token))
    .filter((token) => token !== '')
    .join(' ');
}
