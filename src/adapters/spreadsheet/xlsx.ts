import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { XmlWriter, xmlText } from './xml-writer';

export const XLSX_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Rows a sheet can hold (ECMA-376); the two for title and head are taken off. */
export const MAX_ROWS = 1_048_576 - 2;

/** A row's cells, in the order of the columns. */
export type Cells = readonly (string | number)[];

/** dates: 「2026年11月」, 「2026年11月23日」, 「2026年11月23日 09:05」; numbers: 「270」, 「13.5」, 「8 年」. What reads otherwise stays a text. */
export type Holding = 'dates' | 'numbers';

export interface Sheet {
  /** at most 31 characters, none of []:*?/\ */
  name: string;
  /** over the head, across the whole width */
  title: string;
  /** width in characters; `holds`: texts of the column that read as a day, a month, a moment, or as a number, become such cells, so that they sort and add up */
  columns: readonly { head: string; width: number; holds?: Holding }[];
  /** as they come, some together */
  rows: AsyncIterable<Iterable<Cells>>;
  landscapeA3?: boolean;
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';

/** S40: begins like a formula, in half or full width. */
const LIKE_A_FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** 0 → A, 25 → Z, 26 → AA */
function columnName(n: number): string {
  return (n >= 26 ? columnName(Math.floor(n / 26) - 1) : '') + String.fromCharCode(65 + (n % 26));
}

const STYLE = { text: 1, guarded: 2, head: 3, title: 4, number: 5, years: 6, month: 7, day: 8, moment: 9 };

/** A cell that shrinks what it has no room for: a number would show as ##### there. */
const valueStyle = (format: number): string =>
  `<xf numFmtId="${format}" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1" applyAlignment="1"><alignment horizontal="left" vertical="center" shrinkToFit="1"/></xf>`;

const styles = `${DECLARATION}<styleSheet xmlns="${MAIN}"><numFmts count="4"><numFmt numFmtId="164" formatCode="0&quot; 年&quot;"/><numFmt numFmtId="165" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/><numFmt numFmtId="166" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/><numFmt numFmtId="167" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日 &quot;hh:mm"/></numFmts><fonts count="3"><font><sz val="10"/><name val="宋体"/></font><font><b/><sz val="10"/><name val="宋体"/></font><font><b/><sz val="16"/><name val="宋体"/></font></fonts>
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>
<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border><left style="thin"/><right style="thin"/><top style="thin"/><bottom style="thin"/><diagonal/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="10"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>
<xf numFmtId="49" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1" applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf>
<xf numFmtId="49" fontId="0" fillId="0" borderId="1" xfId="0" quotePrefix="1" applyNumberFormat="1" applyBorder="1" applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf>
<xf numFmtId="49" fontId="1" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" applyBorder="1" applyAlignment="1"><alignment horizontal="center" vertical="center" wrapText="1"/></xf>
<xf numFmtId="49" fontId="2" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyAlignment="1"><alignment horizontal="center" vertical="center"/></xf>${[0, 164, 165, 166, 167].map(valueStyle).join('')}</cellXfs></styleSheet>`;

const middle = (style: number): Buffer => Buffer.from(`" s="${style}" t="inlineStr"><is><t xml:space="preserve">`);
const CELL = {
  text: middle(STYLE.text),
  guarded: middle(STYLE.guarded),
  head: middle(STYLE.head),
  title: middle(STYLE.title),
  number: Buffer.from(`" s="${STYLE.number}"><v>`),
  years: Buffer.from(`" s="${STYLE.years}"><v>`),
  month: Buffer.from(`" s="${STYLE.month}"><v>`),
  day: Buffer.from(`" s="${STYLE.day}"><v>`),
  moment: Buffer.from(`" s="${STYLE.moment}"><v>`),
  empty: Buffer.from(`" s="${STYLE.text}"/>`),
  end: Buffer.from('</t></is></c>'),
  endNumber: Buffer.from('</v></c>'),
};
const ROW = { start: Buffer.from('<row r="'), open: Buffer.from('">'), end: Buffer.from('</row>') };

/** Text, always a text, whatever it begins with. `start`: `<c r="` and the name of the column. */
const textCell = (to: XmlWriter, start: Buffer, row: number, text: string, kind: Buffer): XmlWriter =>
  to.bytes(start).count(row).bytes(kind).text(text).bytes(CELL.end);

const valueCell = (to: XmlWriter, start: Buffer, row: number, value: number, kind: Buffer): XmlWriter =>
  to.bytes(start).count(row).bytes(kind).markup(String(value)).bytes(CELL.endNumber);

const DATE = /^(19[1-9]\d|2\d{3})年(\d{1,2})月(?:(\d{1,2})日(?: (\d{2}):(\d{2}))?)?$/;
const NUMBER = /^(\d{1,9}(?:\.\d{1,6})?)( 年)?$/;
/** Days from the beginning of a spreadsheet's time to 1970; right from 1901 on. */
const BEFORE_1970 = 25_569;

/** Whether the text was written as the value that the column holds. */
function heldCell(to: XmlWriter, start: Buffer, row: number, text: string, holds: Holding): boolean {
  if (holds === 'numbers') {
    const [, n, years] = NUMBER.exec(text) ?? [];
    if (n !== undefined) valueCell(to, start, row, Number(n), years === undefined ? CELL.number : CELL.years);
    return n !== undefined;
  }
  const [, year, month, day, hour, minute] = DATE.exec(text) ?? [];
  if (year === undefined) return false;
  const days = Date.UTC(Number(year), Number(month) - 1, Number(day ?? 1), Number(hour ?? 0), Number(minute ?? 0)) / 86_400_000;
  // to a minute
  const serial = Math.round((days + BEFORE_1970) * 1e6) / 1e6;
  valueCell(to, start, row, serial, hour !== undefined ? CELL.moment : day !== undefined ? CELL.day : CELL.month);
  return true;
}

/** What looks like a formula is marked besides, so that it stays a text when somebody edits the cell. */
function cell(to: XmlWriter, start: Buffer, row: number, value: string | number, holds: Holding | undefined): void {
  if (typeof value === 'number') valueCell(to, start, row, value, CELL.number);
  else if (value === '') to.bytes(start).count(row).bytes(CELL.empty);
  else if (holds !== undefined && heldCell(to, start, row, value, holds)) return;
  else textCell(to, start, row, value, LIKE_A_FORMULA.test(value) ? CELL.guarded : CELL.text);
}

const CHUNK = 64 * 1024;

async function* sheetXml(sheet: Sheet): AsyncGenerator<Buffer> {
  const names = sheet.columns.map((_c, i) => columnName(i));
  const starts = names.map((name) => Buffer.from(`<c r="${name}`));
  const startOf = (i: number): Buffer => {
    const start = starts[i];
    if (!start) throw new RangeError(`no column ${i + 1}`);
    return start;
  };
  const held = sheet.columns.map((c) => c.holds);
  const to = new XmlWriter(CHUNK + 16 * 1024);
  to.markup(
    `${DECLARATION}<worksheet xmlns="${MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0"><pane ySplit="2" topLeftCell="A3" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>
<cols>${sheet.columns.map((c, i) => `<col min="${i + 1}" max="${i + 1}" width="${c.width}" customWidth="1"/>`).join('')}</cols><sheetData>
<row r="1" ht="30" customHeight="1">`,
  );
  textCell(to, startOf(0), 1, sheet.title, CELL.title).bytes(ROW.end).bytes(ROW.start).count(2).bytes(ROW.open);
  sheet.columns.forEach((c, i) => textCell(to, startOf(i), 2, c.head, CELL.head));
  to.bytes(ROW.end);
  let row = 2;
  for await (const piece of sheet.rows)
    for (const values of piece) {
      row += 1;
      if (row > MAX_ROWS + 2) throw new RangeError('more rows than a sheet can hold');
      to.bytes(ROW.start).count(row).bytes(ROW.open);
      for (let i = 0; i < values.length; i++) cell(to, startOf(i), row, values[i] ?? '', held[i]);
      to.bytes(ROW.end);
      if (to.length >= CHUNK) yield to.take();
    }
  to.markup(
    `</sheetData><mergeCells count="1"><mergeCell ref="A1:${names.at(-1) ?? 'A'}1"/></mergeCells><pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/><pageSetup paperSize="${sheet.landscapeA3 ? 8 : 9}" orientation="${sheet.landscapeA3 ? 'landscape' : 'portrait'}" fitToWidth="1" fitToHeight="0"/><headerFooter><oddFooter>&amp;C第 &amp;P 页 共 &amp;N 页</oddFooter></headerFooter></worksheet>`,
  );
  yield to.take();
}

/** One sheet as an .xlsx file, as it comes: neither the rows nor the file ever lie in memory as a whole. What `rows` throws is thrown. */
export async function* xlsx(sheet: Sheet): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  // nothing in the file depends on when it was made
  const options = { mtime: new Date(Date.UTC(2000, 0, 1)), compressionLevel: 3 };
  const add = (name: string, text: string): void => zip.addBuffer(Buffer.from(DECLARATION + text), name, options);
  const quoted = `'${sheet.name.replace(/'/g, "''")}'`;
  add(
    '[Content_Types].xml',
    `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${XLSX_TYPE}.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>`,
  );
  add(
    '_rels/.rels',
    `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  );
  add(
    'xl/workbook.xml',
    `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="${xmlText(sheet.name)}" sheetId="1" r:id="rId1"/></sheets><definedNames><definedName name="_xlnm.Print_Titles" localSheetId="0">${xmlText(quoted)}!$1:$2</definedName></definedNames></workbook>`,
  );
  add(
    'xl/_rels/workbook.xml.rels',
    `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
  );
  zip.addBuffer(Buffer.from(styles), 'xl/styles.xml', options);
  const rows = Readable.from(sheetXml(sheet), { objectMode: false });
  const file = zip.outputStream as Readable;
  rows.on('error', (e) => file.destroy(e));
  zip.addReadStream(rows, 'xl/worksheets/sheet1.xml', options);
  zip.end();
  try {
    for await (const chunk of file) yield chunk as Buffer;
  } finally {
    rows.destroy();
  }
}
