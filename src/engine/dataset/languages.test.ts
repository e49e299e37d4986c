/** Folders and tables in other languages than English: their words for splits, labels and photos. */
import { expect, test } from 'vitest';
import { type Files, photos, table } from '../../testing/folders';
import { expectUnderstood } from '../../testing/understood';
import { splitWord } from './splitWords';

test.each([
  ['train', 'Trainingsdaten', 'Trainingsbilder', "jeu d'entraînement", 'conjunto de treino', 'dati di addestramento'],
  ['train', 'обучающая выборка', '学習用データ', '訓練', '训练集', '훈련 데이터', 'eğitim verisi', 'trainset'],
  ['validation', 'Validierungsdaten', 'données de validation', 'проверка', '検証', '验证集', '검증', 'doğrulama'],
  ['test', 'Testbilder', 'jeu de test', 'тестовые данные', 'テスト画像', '测试集', '테스트 세트', 'testdata'],
])('%s: %s and others', (word, ...names) => {
  expect(names.map(splitWord)).toEqual(names.map(() => word));
});

test.each(['Daten', 'set', '画像', 'jeu de données', 'Testudo', 'valley', '训', 'trainer'])(
  '%s is no split',
  (name) => {
    expect(splitWord(name)).toBeUndefined();
  },
);

const COLUMNS: readonly [what: string, header: string, train: string, validation: string][] = [
  ['German', 'Dateiname,Klasse,Aufteilung,Kamera', 'Training', 'Validierung'],
  ['French', 'fichier,Étiquette,ensemble,appareil', 'apprentissage', 'validation'],
  ['Japanese', 'ファイル名,ラベル,分割,カメラ', '学習', '検証'],
  ['Chinese', '文件名,类别,划分,相机', '训练', '验证'],
];

test.each(COLUMNS)('%s columns', async (_, header, train, validation) => {
  const files: Files = {
    ...photos('p#.jpg', 12),
    't.csv': table(header, 12, (i) => `p${i}.jpg,${'ab'[i % 2]!},${i < 8 ? train : validation},${'xyz'[i % 3]!}`),
  };
  await expectUnderstood(files, { classes: ['a', 'b'], counts: [8, 4, 0] });
});
