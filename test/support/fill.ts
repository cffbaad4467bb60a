import type { Page, Visitor } from './site';
import { scanOf, type SectionCase } from './case';

/** Fills and saves one section over plain forms, as a person without scripts would: rows first, then everything, then the files. Gives the page after 「保存」. */
export async function fillSection(visitor: Visitor, declaration: string, c: SectionCase): Promise<Page> {
  const address = `/declarations/${declaration}/sections/${c.section}`;
  let page = await visitor.open(address);
  for (const [part, rows] of Object.entries(c.rows ?? {})) {
    for (let n = rowIds(page, part).length; n < rows.length; n++) page = await visitor.send(page, {}, { button: `do=add-row:${part}` });
  }
  // conditions and dependent lists show further fields only after a refresh: three rounds reach them all
  for (let round = 0, shown = ''; round < 3 && shown !== formOf(page); round++) {
    shown = formOf(page);
    page = await visitor.send(page, valuesFor(page, c), { button: 'do=refresh' });
  }
  const files = await Promise.all(
    Object.entries(c.files ?? {}).map(async ([item, f]) => {
      const scan = await scanOf(f);
      const [part = '', a = '', b] = item.split('.');
      const field = b === undefined ? `files:${part}.${a}` : `files:${part}.${rowIds(page, part)[Number(a) - 1]}.${b}`;
      return { field, name: scan.fileName, content: scan.content };
    }),
  );
  return visitor.send(page, valuesFor(page, c), { button: 'do=save', files });
}

export const rowIds = (page: Page, part: string): string[] =>
  (page.find(`input[name="${part}.rows"]`)?.getAttribute('value') ?? '').split(',').filter((x) => x !== '');

/** Which fields and choices the form offers: unchanged, there is nothing more to reach. */
const formOf = (page: Page): string =>
  page
    .all('main form [name], main form option')
    .map((x) => x.getAttribute('name') ?? x.getAttribute('value') ?? '')
    .filter((x) => !x.startsWith('_'))
    .join();

function valuesFor(page: Page, c: SectionCase): Record<string, string> {
  const values: Record<string, string> = {};
  const put = (name: string, value: string) => {
    const control = page.find(`[name="${name}"]`);
    if (!control) return;
    // drop-downs by value or by what is written there
    const options = control.tagName === 'SELECT' ? control.querySelectorAll('option') : [];
    const chosen = options.find((o) => o.getAttribute('value') === value) ?? options.find((o) => o.text.trim() === value);
    values[name] = chosen?.getAttribute('value') ?? value;
  };
  for (const [part, fields] of Object.entries(c.groups ?? {})) for (const [k, v] of Object.entries(fields)) put(`${part}.${k}`, v);
  for (const [part, rows] of Object.entries(c.rows ?? {})) {
    const ids = rowIds(page, part);
    rows.forEach((row, i) => Object.entries(row).forEach(([k, v]) => put(`${part}.${ids[i]}.${k}`, v)));
  }
  return values;
}

/** Chooses the title by its name and the unit through the search page. */
export async function chooseTitleAndUnit(visitor: Visitor, declaration: string, title: string, unitName: string): Promise<Page> {
  let page = await visitor.open(`/declarations/${declaration}/sections/application`);
  const option = page.all('select[name="main.title"] option').find((o) => o.text.trim() === title);
  page = await visitor.send(page, { 'main.title': option?.getAttribute('value') ?? '' }, { button: 'do=find-unit:main.unit' });
  page = await visitor.send(page, { q: unitName }, { form: 'form.filter' });
  const choice = page.all('input[name="unit"]').find((i) => i.parentNode?.text.includes(unitName));
  return visitor.send(page, { unit: choice?.getAttribute('value') ?? '' }, { form: 'form[method="post"][action*="find-unit"]' });
}
