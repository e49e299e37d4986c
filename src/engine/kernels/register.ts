/** Registers every kernel of ours, and its gradient, with TensorFlow.js. Import after the backend. */
import './averagePool/averagePool';
import './batchNorm/batchNorm';
import './conv2d/conv2d';
import './crossEntropy/crossEntropy';
import './maxPool/maxPool';
