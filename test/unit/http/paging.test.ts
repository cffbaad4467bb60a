import { addressOf, pagingLinks, pagingOf } from '../../../src/http/paging';

describe('R6 pages of a list', () => {
  it('brings the page asked for into range', () => {
    const pageOf = (asked: string) => pagingOf(asked, 101, 50).page;
    expect(['1', '2', '3', '4', '99999999'].map(pageOf)).toEqual([1, 2, 3, 3, 3]);
    expect(['', '0', '-1', '1.5', 'x', '2 OR 1=1'].map(pageOf)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('gives the offset, and one page when there is nothing', () => {
    expect(pagingOf('3', 101)).toEqual({ total: 101, page: 3, pages: 3, limit: 50, offset: 100 });
    expect(pagingOf('', 0, 20)).toEqual({ total: 0, page: 1, pages: 1, limit: 20, offset: 0 });
    expect(pagingOf('', 100).pages).toBe(2);
  });

  it('links to pages keep the filters', () => {
    const paging = pagingOf('1', 60);
    expect(pagingLinks(paging, '/list').base).toBe('/list?page=');
    expect(pagingLinks(paging, '/list', { state: 'all', name: '' }).base).toBe('/list?state=all&page=');
    expect(pagingLinks(paging, '/list', 'state=all').base).toBe('/list?state=all&page=');
  });
});

test('addressOf leaves empty values out and escapes the others', () => {
  expect(addressOf('/list', {})).toBe('/list');
  expect(addressOf('/list', { a: '', b: '舞 &' })).toBe('/list?b=%E8%88%9E+%26');
  expect(addressOf('/list', '')).toBe('/list');
  expect(addressOf('/list', 'a=1')).toBe('/list?a=1');
});
