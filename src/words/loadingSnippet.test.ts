import { expect, test } from 'vitest';
import { loadingSnippet } from './loadingSnippet';

test('fastai’s head is named by its place in learn.model, and every network by its own', () => {
  expect(loadingSnippet('resnet34', 4)).toContain('resnet34(num_classes=4)');
  expect(loadingSnippet('resnet101-fastai', 4)).toContain('nn.Linear(512, 4, bias=False)');
  expect(loadingSnippet('resnet101-fastai', 4)).not.toMatch(/resnet50|-fastai/);
});
