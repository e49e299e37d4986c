/** Registers every kernel of ours, and its gradient, with TensorFlow.js. Import after the backend. */
import './conv2d/conv2d';
