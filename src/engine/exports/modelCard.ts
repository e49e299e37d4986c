/** The README.md that the Hugging Face Hub shows of a network, with what it reads by program above it, in YAML. */
import { inPercent } from '../base/accuracyText';
import { labelOf } from '../models/meta';
import { type ExportedModel, preprocessingOf } from './model';

export interface CardOptions {
  /** As the Hub names it. */
  library: string;
  /** How it is used, in Markdown. */
  usage: string;
}

export function modelCard(model: ExportedModel, { library, usage }: CardOptions): string {
  const { arch, classes, view, respectExif, temperature, measured, metadata } = model;
  const { resize, mean, std } = preprocessingOf(model);
  const resized = resize ? `${resize.of} resized to ${resize.size} px (${resize.filter}, antialiased)` : 'not resized';
  const turned = respectExif ? 'turned as their EXIF asks' : 'taken as stored, whatever their EXIF asks';
  const isPlain = mean.every((one) => one === 0) && std.every((one) => one === 1);
  const shifted = isPlain ? '' : `, minus ${mean.join(', ')},\ndivided by ${std.join(', ')}`;
  const table = measured.map(
    (one) => `| ${one.resize || 'none'} | ${one.crop} | ${inPercent(one.accuracy, 2)} % | ${one.count} |`,
  );
  const origin = metadata['origin'] ? `The weights are those of: ${metadata['origin']}. ` : '';
  return `---
${frontMatter(model, library)}
---

# ${labelOf(arch)}, ${classes.length} classes

Trained with FixRes Studio. ${origin}${metadata['license'] ? `They stand under: ${metadata['license']}. ` : 'Nobody has said under which licence they are. '}
It tells apart: ${classes.map((name) => `\`${name}\``).join(', ')}.

Photos are ${turned}, ${resized}, of which the ${view.crop} px square in the middle counts; RGB in [0, 1]${shifted}.${temperature === null ? '' : ` Logits divided by ${temperature.toPrecision(4)} before softmax give probabilities that are calibrated on the validation photos.`}

${usage}
${
  table.length > 0
    ? `
| Resize, px | Crop, px | Accuracy | Photos |
| ---: | ---: | ---: | ---: |
${table.join('\n')}
`
    : ''
}`;
}

/** Every JSON text is one of YAML's, too. */
function frontMatter({ arch, measured, metadata }: ExportedModel, library: string): string {
  const lines = [
    `library_name: ${library}`,
    'pipeline_tag: image-classification',
    'tags: [image-classification, fixres]',
    ...licenceLines(metadata['license']),
  ];
  if (measured.length === 0) return lines.join('\n');
  const metrics = measured.map(({ crop, accuracy }) => ({
    type: 'accuracy',
    name: `Accuracy at ${crop} px`,
    value: accuracy,
  }));
  const dataset = { name: metadata['dataset'] ?? 'validation photos', type: 'imagefolder' };
  const results = [{ task: { type: 'image-classification' }, dataset, metrics }];
  return [...lines, `model-index: ${JSON.stringify([{ name: arch, results }])}`].join('\n');
}

/** The Hub knows licences by their short names, one a network. */
function licenceLines(licence: string | undefined): string[] {
  if (!licence) return [];
  if (/^[a-z0-9.-]+$/.test(licence)) return [`license: ${JSON.stringify(licence)}`];
  return ['license: other', `license_name: ${JSON.stringify(licence)}`];
}
