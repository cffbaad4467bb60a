import { isUuid, wholeNumber } from '../../../src/lib/ids';

test('isUuid takes what PostgreSQL writes, and nothing else', () => {
  expect(isUuid('0f8fad5b-d9cb-469f-a165-70867728950e')).toBe(true);
  for (const text of ['', '0f8fad5b', '0F8FAD5B-D9CB-469F-A165-70867728950E', ' 0f8fad5b-d9cb-469f-a165-70867728950e', 'draft'])
    expect(isUuid(text)).toBe(false);
});

test('wholeNumber takes digits from 1 up, as many as allowed', () => {
  expect(wholeNumber('1')).toBe(1);
  expect(wholeNumber('007')).toBe(7);
  expect(wholeNumber('123456789012345')).toBe(123456789012345);
  expect(wholeNumber('2026', 4)).toBe(2026);
  for (const text of ['', '0', '-1', '1.5', '1e3', '一', ' 1', '1234567890123456']) expect(wholeNumber(text)).toBeUndefined();
  expect(wholeNumber('20260', 4)).toBeUndefined();
});
