/**
 * The guided tour: what each chart has to do with the method, in plain words, and where the paper says it (Touvron et al.,
 * "Fixing the train-test resolution discrepancy", 2019).
 */

/** Charts that the tour explains. */
export type GuideTopic =
  | 'apparent'
  | 'apparentAccuracy'
  | 'rate'
  | 'loss'
  | 'accuracy'
  | 'sweep'
  | 'activations'
  | 'pooledBoth'
  | 'classes'
  | 'shift'
  | 'experiment'
  | 'runs'
  | 'seeds'
  | 'calibration';

interface GuideText {
  text: string;
  /** The section that the note stands on, or that it stands on none. */
  source: string;
}

export const GUIDE: Readonly<Record<GuideTopic, GuideText>> = {
  seeds: {
    text: 'The same run with other random numbers: first weights, the order of the photos, how they are cropped. The band is where the mean over all seeds probably lies. With two or three seeds it is wide, since so few say little. The validation photos are the same, so what these happen to be like is not in it.',
    source: 'No section of FixRes: a mean’s interval by Student’s t',
  },
  apparent: {
    text: 'A random crop is a part of the photo, enlarged to the train resolution, and what is in it is enlarged with it. A test view is cut from the middle of the photo, always the same part, at a scale of its own: how much it shows stands in the table. So the same object has one size while the network learns and another when it is asked.',
    source: 'FixRes, section 3.1',
  },
  apparentAccuracy: {
    text: 'The blue line is where things look as large in testing as they did in training, on average. If apparent size is what matters, the curves of different test sizes lie on one another and are highest near it. Where they lie apart, the pixels themselves help as well.',
    source: 'FixRes, section 3.1: r_test / r_train, equation 4',
  },
  rate: {
    text: 'Far too low a rate changes nothing, far too high a one throws the network about. Between them the loss falls: a rate from the middle of that fall is quick and safe. Every step of the search takes a higher one.',
    source: 'Smith 2017, “Cyclical learning rates”, section 3.3',
  },
  loss: {
    text: 'The loss says how surprised the network is by the right answers: it should fall. Where it goes on falling on training photos and rises in validation, the network learns its photos by heart.',
    source: 'No section of FixRes: how a loss is read anywhere',
  },
  accuracy: {
    text: 'Training photos are random crops and validation photos are not, so the two curves differ in more than what was seen before: objects have another size. The next step finds out what that costs.',
    source: 'FixRes, section 3.1',
  },
  sweep: {
    text: 'No weight changes here. Photos and crop grow together, so the framing stays and objects grow. The best size is often larger than the one trained at, because random crops showed objects enlarged.',
    source: 'FixRes, section 4.1 and table 5',
  },
  activations: {
    text: 'The classifier sees averages over the last map. At a small test size a map has few places and many averages are exactly zero; at a large one they gather in the middle. The classifier has learned neither.',
    source: 'FixRes, section 3.2 and figure 3',
  },
  // In place of `activations` under fastai's head.
  pooledBoth: {
    text: 'Under this head the classifier sees the average and the largest value of each channel over the last map, and the curves hold both. At a small test size a map has few places: averages scatter, more are exactly zero, and largest values are smaller; at a large one it is the other way round. The paper has averages alone.',
    source: 'FixRes, section 3.2 and figure 3, where there are averages alone',
  },
  classes: {
    text: 'Classes that are told apart by fine detail gain from a larger size, those that are told apart by the whole picture may lose. A size that is best on average need not be so for the class you care about.',
    source: 'No section of FixRes: it reports no accuracy by class',
  },
  shift: {
    text: 'Fine-tuning lets the last batch norm take up the new statistics and the classifier learn them. The curve should come back towards the one at the train resolution.',
    source: 'FixRes, section 4.2 and figure 4',
  },
  experiment: {
    text: 'A dot is the accuracy, the line through it where it may truly lie, 19 times in 20. Where lines overlap for the most part, more validation photos are needed to tell the ways apart.',
    source: 'Wilson 1927, “Probable inference”, section 3',
  },
  calibration: {
    text: 'A network that says 90 % should be right nine times in ten: on the line. Below it, it is too sure of itself, as most networks are; dividing its logits by one number, the temperature, puts that right and changes no answer.',
    source: 'Guo et al. 2017, “On calibration of modern neural networks”, section 4',
  },
  runs: {
    text: 'Only one thing should differ between two runs that are compared. Their differing settings are in the table; the same photos and the same seed make the comparison fair.',
    source:
      'No section of FixRes: what makes a comparison fair; the published curves are of its tables 5 and 6 and of the 2021 blog post',
  },
};
