/** What folders, files and cells call the splits. */
import { listOf, type DatasetSettings } from './settings';

export type SplitWord = 'train' | 'validation' | 'test';

const wordsFor = (split: SplitWord, words: string): [string, SplitWord][] =>
  words.split(' ').map((word) => [withoutAccents(word), split]);

/** English first, then as others have them; without accents. */
const WORDS: ReadonlyMap<string, SplitWord> = new Map([
  ...wordsFor('train', 'train training trn trainval trainvalid'),
  ...wordsFor('train', 'entrenamiento treino treinamento treinar entrainement apprentissage addestramento lernen'),
  ...wordsFor('train', 'trening treningowy treningowe uczacy uczace trenovaci traning egitim latih pelatihan'),
  ...wordsFor('train', 'обучение обучающая обучающие обучающий тренировка тренировочная тренировочные'),
  ...wordsFor('train', '学習 訓練 トレーニング 训练 훈련 학습'),
  ...wordsFor('validation', 'val valid validation validate validating dev eval evaluation publictest'),
  ...wordsFor('validation', 'validacion validacao convalida validazione validierung validatie validering'),
  ...wordsFor('validation', 'walidacja walidacyjny walidacyjne validacni dogrulama validasi'),
  ...wordsFor('validation', 'валидация валидационная валидационные проверка проверочная проверочные'),
  ...wordsFor('validation', '検証 評価 バリデーション 验证 驗證 검증'),
  ...wordsFor('test', 'test testing tst holdout heldout privatetest unseen prueba pruebas teste testen'),
  ...wordsFor('test', 'testowy testowe testovaci uji pengujian тест тестовая тестовые тестовый'),
  ...wordsFor('test', 'テスト 測試 测试 테스트 시험'),
]);

/** Words that say nothing beside a split's: "training_set", "seg_train", "Testing Data", "val2017", "jeu d'entraînement". */
const FILLERS = new Set(
  `a all and annotation annotations class classes classification clean csv cropped data dataset datasets ds dir directory directories example
  examples file files final fold folder folders folds full gt is hq image images imagefolder img imgs jpeg jpegs jpg label labels
  list lists loc meta metadata my new org original part photo photos pic pics picture pictures png pngs processed public raw
  resized sample samples seg set sets small solution split splits subset the v ver version
  bilder conjunto d da dados daten dati datos de del di do donnees du ensemble fotos imagenes imagens immagini insieme jeu la para pour
  seti veri verisi zbior выборка данные`.split(/\s+/),
);

/** What is written on to a split's word: "testset", "Trainingsbilder", "训练集", "学習用データ". */
const SUFFIX = new RegExp(
  withoutAccents(
    `(s?(daten(satz)?|bilder|fotos|satz|menge|ordner)|(data)?sets?|data|images|imgs|photos|用?の?(データセット|データ|セット|画像|写真|数据集|数据|資料|图片|图像|样本|集|用)|(용)?(데이터셋|데이터|이미지|사진|세트|셋|용))$`,
  ),
  'u',
);

/** Of one word, in lower case and without accents. */
const wordOf = (token: string): SplitWord | undefined => WORDS.get(token) ?? WORDS.get(token.replace(SUFFIX, ''));

/** "isTraining_img2" → is, training, img. */
function tokensOf(text: string): string[] {
  return withoutAccents(text)
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((token) => token !== '');
}

function withoutAccents(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '');
}

/** "Train", "valid", "TEST", "training_set", "seg_train", "Testing Data" …; anything else is undefined. */
export function splitWord(text: string): SplitWord | undefined {
  const plain = withoutAccents(text.trim()).toLowerCase();
  const whole = WORDS.get(plain) ?? WORDS.get(plain.replaceAll(/[^\p{L}]/gu, ''));
  if (whole) return whole;
  const telling = tokensOf(text).filter((token) => !FILLERS.has(token) && token.replace(SUFFIX, '') !== '');
  if (telling.length === 0) return undefined;
  const words = telling.map(wordOf);
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
    const said = tokens.flatMap((token) => wordOf(token) ?? []);
    if (said.length !== 1) continue;
    // Shards are numbered: "pets-train-000000", "pets-train-000001", "pets-val-000000".
    const rest = restOf(name).replaceAll(/\d+/g, '');
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
    .map((token) => (wordOf(token.replaceAll(/\d+/g, '')) ? token.replaceAll(/\D+/g, '') : token))
    .filter((token) => token !== '')
    .join(' ');
}
