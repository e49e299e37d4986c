/** What folders, files and cells call the splits. */
import { listOf, type DatasetSettings } from './settings';

export type SplitWord = 'train' | 'validation' | 'test';

const WORDS: ReadonlyMap<string, SplitWord> = new Map([
  ...['train', 'training', 'trn', 'trainval', 'trainvalid'].map((word) => [word, 'train'] as const),
  ...['val', 'valid', 'validation', 'validate', 'validating', 'dev', 'eval', 'evaluation', 'publictest'].map(
    (word) => [word, 'validation'] as const,
  ),
  ...['test', 'testing', 'tst', 'holdout', 'heldout', 'privatetest'].map((word) => [word, 'test'] as const),
]);

/** Words that say nothing beside a split's: "training_set", "seg_train", "Testing Data", "val2017". */
const FILLERS = new Set(
  `a all and annotation annotations class classes classification clean csv cropped data dataset datasets ds example
  examples file files final fold folder folders folds full gt is hq image images imagefolder img imgs jpeg jpegs jpg label labels
  list lists loc meta metadata new org original part photo photos pic pics picture pictures png pngs processed public raw
  resized sample samples seg set sets small solution split splits subset the v`.split(/\s+/),
);

/** "isTraining_img2" → is, training, img. */
function tokensOf(text: string): string[] {
  return text
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((token) => token !== '');
}

/** "Train", "valid", "TEST", "training_set", "seg_train", "Testing Data" …; anything else is undefined. */
export function splitWord(text: string): SplitWord | undefined {
  const plain = text.trim().toLowerCase();
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
