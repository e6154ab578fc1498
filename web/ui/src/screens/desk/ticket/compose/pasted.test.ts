import { expect, test } from 'vitest';
import { pastedFiles, picturesIn } from './pasted';

const kPng = 'iVBORw0KGgo=';
const pasted = (texts: Record<string, string>, files: File[] = []) => pastedFiles({ files: files as unknown as FileList, getData: (type) => texts[type] ?? '' });
const picture = new File(['x'], 'image.png', { type: 'image/png' });

test('I8: a pasted picture becomes a file', () => {
  expect(pasted({ 'text/html': '<img src="https://a.example/x.png">' }, [picture])).toEqual({ files: [picture], isWhole: true });
  const found = picturesIn(`<p>hello <img src="data:image/png;base64,${kPng}"><img src="data:image/svg+xml;base64,${kPng}"><img src="https://t.example/x.png"></p>`);
  expect(found.map((each) => [each.name, each.type, each.size])).toEqual([['picture-1.png', 'image/png', 8]]);
});
test('text that has a picture of itself beside it is pasted as text', () => {
  expect(pasted({ 'text/plain': 'a cell', 'text/html': '<b>a cell</b>' }, [picture])).toEqual({ files: [], isWhole: false });
});
test('nothing of what is pasted is run or asked for', () => {
  expect(picturesIn('<img src=x onerror="document.title=1"><img src="data:image/png;base64,%%%">')).toEqual([]);
});
