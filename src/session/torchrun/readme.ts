/** README.md of the folder that is handed over: a line to copy for every place, and what is equal to the studio and how far. */
import type { DatasetSummary } from '../../engine/dataset/types';
import { RUN_META, type RunId, type StudioConfig } from '../../engine/experiments/meta';
import { ownView, sweepViews, trainView } from '../../engine/experiments/views';
import { type Architecture, hasFastaiHead } from '../../engine/models/meta';

export interface ReadmeParts {
  config: StudioConfig;
  arch: Architecture;
  dataset: Pick<DatasetSummary, 'name' | 'classes' | 'trainCount' | 'validationCount' | 'testCount'>;
  left: readonly RunId[];
  /** A training that was stopped, which goes on there. */
  begun: RunId | null;
}

export function readme(parts: ReadmeParts): string {
  const { config, arch, dataset, left, begun } = parts;
  const { name, classes, trainCount, validationCount, testCount } = dataset;
  const labels = left.map((run) => RUN_META[run].label.toLowerCase());
  const goes = begun
    ? ` The ${RUN_META[begun].label.toLowerCase()} was stopped in the studio and goes on from its last step.`
    : '';
  const held =
    testCount > 0 ? ` The ${testCount} held-out photos are left to the studio, which measures on them once.` : '';
  return `# ${name}: train elsewhere

${arch} on ${trainCount} training and ${validationCount} validation photos of ${classes.length} classes, as FixRes Studio had them open. Left to do: ${labels.join(', ') || 'nothing; choose with --steps'}.${goes}${held}

Plain PyTorch, one process a GPU. Tested with torch 1.13 and torchvision 0.14 (Python 3.11, processor, gloo); nothing in it is newer.

## Run it

\`PHOTOS\` is the folder, \`.zip\` or \`.tar\` that the studio had open.

| where | command |
| --- | --- |
| laptop | \`python3 train.py --data PHOTOS --device cpu\` |
| one GPU | \`python3 train.py --data PHOTOS\` |
| 8 GPUs | \`torchrun --standalone --nproc_per_node=8 train.py --data PHOTOS\` |
| 2 nodes of 8, on each | \`torchrun --nnodes=2 --nproc_per_node=8 --rdzv_backend=c10d --rdzv_endpoint=HOST:29500 train.py --data PHOTOS\` |
| SLURM | \`sbatch slurm.sbatch PHOTOS\` |
| any cloud | \`sky launch sky.yaml --env PHOTOS=PHOTOS\` |
| Kaggle, Colab | the cell in \`notebook.py\` |

Debian's torchrun 1.13 needs \`--redirects 1 --tee 1 --log_dir LOGS\` besides. \`python3 verify.py --data PHOTOS\` tests the weights that the studio measured and prints both accuracies; \`--plan\` says what there is to do and does nothing. \`--precision tf32\`, \`bfloat16\` or \`float16\` and \`--channels-last\` are quicker on GPUs. The same command goes on after a crash, a kill, or SIGTERM, after which it ends with 143 once a checkpoint is written. \`--out\` must lie where all nodes see it, and holds one recipe's results.

**And back**: drop the folder \`results\` on the studio with the same photos open, or \`npm run headless -- --data PHOTOS --out OUT --import results\`. Its runs then stand in the studio's charts, and its weights can be tested, fine-tuned and exported there.

## Photos

\`split.csv\` lists every photo with its class and split, in the studio's order. Other photos: \`--rows FILE.csv\` (path,label,split), or \`--rows own\` for what \`--data\` itself says: \`train/\` and \`val/\` with a folder a class, \`.tar\` shards in webdataset's layout (key.jpg beside key.cls, the split by the shard's name), or Hugging Face's Parquet files (needs pyarrow). Classes are those of \`labels.json\`; with others there, weights that the studio trained do not fit.

## What is equal to the studio

**Exactly**: which photos train, their order in every epoch, every crop, flip, colour change, warp, dropout and mixing (the studio's generator is in \`views.py\`); resizing and colours, which are Pillow's there, too (fastai's warps are within float rounding); the initial weights; learning rates; what is frozen; which epoch is kept. So is going on after a kill, on the same kind of machine with the same number of processes.

**Within float rounding**: losses, gradients, weights and accuracies, as sums are taken in another order. It grows from step to step: after some hundred steps of a high learning rate two runs are as far apart as two GPUs' would be, and a photo near the border between two classes may be answered otherwise. \`--precision\` other than float32 widens that.

**By choice**: batch normalisation sees a rank's rows of each batch alone: of ${config.batchSize} photos, N GPUs see ${config.batchSize}/N each, as the studio does where a batch goes through in parts. \`--norms parts\` (the default) keeps running statistics as if the parts had gone through one network in turn, which is what the studio keeps; \`rank0\` those of the first GPU; \`average\` their mean; \`sync\` takes statistics over the whole batch (GPUs only). The batch is ${config.batchSize} on any number of GPUs, so learning rates stay right; more GPUs than photos in a batch are no use.

**Not equal**: a photo that cannot be read is replaced by its neighbour in the batch, where the studio moves the following ones up. Smaller copies of photos are not made: views come from the photos. A search for the best size measures its first, coarse sizes.${config.precision === 'float16' ? ' The studio trains in float16 by these settings; `--precision float16` is the nearest.' : ''} Held-out photos are not measured, and how large things look is not worked out.

## Files

| file | what |
| --- | --- |
| \`recipe.json\` | every run with its views, rates, seeds and parameters, worked out by the studio |
| \`train.py\`, \`training.py\` | the runs; one training of them |
| \`optimisers.py\`, \`fastai_recipe.py\` | rates and update rules; fastai's head, dropouts and warps |
| \`views.py\`, \`photos.py\` | crops and order; where photos lie |
| \`results.py\` | records, metrics.json, weights |
| \`*.safetensors\`, \`known/\` | weights, and the answers that the studio got with them |
| \`results/metrics.json\`, \`records.jsonl\` | what came of it, in the studio's words |

Standard output has one line of JSON an epoch and a test; progress goes to standard error. Exit codes: 0 done, 1 failed, 2 wrong arguments, 143 stopped by SIGTERM.

${timmSection(parts)}`;
}

/** timm's own scripts, for the steps that they can express. */
function timmSection({ config, arch, dataset }: ReadmeParts): string {
  const {
    optimizer,
    schedule,
    lr,
    weightDecay,
    epochs,
    batchSize,
    labelSmoothing,
    gradientClip,
    decayAll,
    trainable,
    balance,
    momentum,
  } = config;
  if (hasFastaiHead(arch)) return `## With timm's scripts\n\ntimm has no network with fastai's head.\n`;
  const own = ownView(config);
  const reasons = [
    config.recipe === 'fastai' && 'fastai’s two stages and their cycles are not among its schedules',
    config.augmentation === 'paper' && 'colours are jittered in random order',
    config.augmentation === 'fastai' && 'fastai’s warps are not among its views',
    config.squish && 'its test view squishes photos',
    own.resize === 0 && 'its test view crops without resizing',
    trainable !== 'all' && 'a part of the network is frozen',
    balance !== 'none' && 'classes are balanced',
    schedule === 'step' && 'rates fall by quarters of the run',
    optimizer === 'lion' && "Lion's decay differs",
  ].filter((reason) => reason !== false);
  const classes = dataset.classes.length;
  const [mean, std] = config.normalize ? ['0.485 0.456 0.406', '0.229 0.224 0.225'] : ['0 0 0', '1 1 1'];
  const share = (resize: number, crop: number) => (crop / resize).toFixed(4).replace(/\.?0+$/, '');
  const plain = `--num-classes ${classes} --mean ${mean} --std ${std} --interpolation ${config.filter}`;
  const sweep = sweepViews(config)
    .filter(({ resize }) => resize > 0)
    .map(
      ({ resize, crop }) =>
        `python3 validate.py --data-dir PHOTOS --split val --model ${arch} --checkpoint results/baseline.safetensors --img-size ${crop} --crop-pct ${share(resize, crop)} ${plain}`,
    );
  const rates =
    schedule === 'cosine'
      ? `--sched cosine --warmup-epochs ${config.warmUp} --warmup-lr ${lr / 100} --min-lr 0 --sched-on-updates`
      : '--sched none --warmup-epochs 0';
  const opt = optimizer === 'sgd' ? `--opt momentum --momentum ${momentum}` : '--opt adamw';
  const training = `torchrun --nproc_per_node=GPUS train.py --data-dir PHOTOS --train-split train --val-split val --model ${arch} --model-kwargs zero_init_last=False --img-size ${trainView(config).kind === 'train' ? config.trainSize : own.crop} --crop-pct ${share(own.resize || 1, own.crop)} --train-interpolation ${config.filter} --scale 0.08 1 --ratio 0.75 1.3333 --hflip 0.5 --color-jitter 0 --smoothing ${labelSmoothing} ${opt} --lr ${lr} --weight-decay ${weightDecay}${decayAll ? ' --opt-kwargs filter_bias_and_bn=False' : ''} ${rates}${gradientClip > 0 ? ` --clip-grad ${gradientClip}` : ''} --epochs ${epochs} -b $((${batchSize}/GPUS)) --initial-checkpoint start.safetensors ${plain}`;
  const baseline =
    reasons.length > 0
      ? `timm's train.py cannot express this baseline: ${reasons.join('; ')}.`
      : `The baseline, with timm's own draws of crops and order:\n\n\`\`\`\n${training}\n\`\`\``;
  return `## With timm's scripts

Photos in \`train/\` and \`val/\`, a folder a class. Fine-tuning the classifier and the last batch norm's statistics alone is beyond timm's scripts. ${baseline}

Test resolutions:

\`\`\`
${sweep.join('\n')}
\`\`\`
`;
}
