import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';

export const XLSX_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Rows a sheet can hold (ECMA-376); the two for title and head are taken off. */
export const MAX_ROWS = 1_048_576 - 2;

export interface Sheet {
  /** at most 31 characters, none of []:*?/\ */
  name: string;
  /** over the head, across the whole width */
  title: string;
  /** width in characters */
  columns: readonly { head: string; width: number }[];
  rows: AsyncIterable<readonly (string | number)[]>;
  landscapeA3?: boolean;
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';

/* eslint-disable no-control-regex -- the control characters are what it is about */
/** What XML 1.0 cannot hold, and halves of surrogate pairs. */
const FORBIDDEN =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const NEEDS_CARE = /[&<>"\r\n\t]|_x[0-9A-Fa-f]{4}_|[\u0000-\u001f\ud800-\udfff\ufffe\uffff]/;
/* eslint-enable no-control-regex */

/** Text as XML; `_x0041_` would be read as an escaped A, so its underscore is escaped itself. */
function xml(text: string): string {
  if (!NEEDS_CARE.test(text)) return text;
  return text
    .replace(FORBIDDEN, '')
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/\r\n?/g, '\n');
}

/** S40: begins like a formula, in half or full width. */
const LIKE_A_FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** 0 → A, 25 → Z, 26 → AA */
function columnName(n: number): string {
  return (n >= 26 ? columnName(Math.floor(n / 26) - 1) : '') + String.fromCharCode(65 + (n % 26));
}

const STYLE = { text: 1, guarded: 2, head: 3, title: 4 };

const styles = `${DECLARATION}<styleSheet xmlns="${MAIN}"><fonts count="3"><font><sz val="10"/><name val="宋体"/></font><font><b/><sz val="10"/><name val="宋体"/></font><font><b/><sz val="16"/><name val="宋体"/></font></fonts>
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>
<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border><left style="thin"/><right style="thin"/><top style="thin"/><bottom style="thin"/><diagonal/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>
<xf numFmtId="49" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1" applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf>
<xf numFmtId="49" fontId="0" fillId="0" borderId="1" xfId="0" quotePrefix="1" applyNumberFormat="1" applyBorder="1" applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf>
<xf numFmtId="49" fontId="1" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" applyBorder="1" applyAlignment="1"><alignment horizontal="center" vertical="center" wrapText="1"/></xf>
<xf numFmtId="49" fontId="2" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyAlignment="1"><alignment horizontal="center" vertical="center"/></xf></cellXfs></styleSheet>`;

/** A text is always a text, whatever it begins with; what looks like a formula is marked besides, so that it stays a text when somebody edits the cell. */
function cell(column: string, row: number, value: string | number, style: number): string {
  if (typeof value === 'number') return `<c r="${column}${row}" s="${STYLE.text}"><v>${value}</v></c>`;
  if (value === '') return `<c r="${column}${row}" s="${style}"/>`;
  const s = style === STYLE.text && LIKE_A_FORMULA.test(value) ? STYLE.guarded : style;
  return `<c r="${column}${row}" s="${s}" t="inlineStr"><is><t xml:space="preserve">${xml(value)}</t></is></c>`;
}

const CHUNK = 64 * 1024;

async function* sheetXml(sheet: Sheet): AsyncGenerator<Buffer> {
  const names = sheet.columns.map((_c, i) => columnName(i));
  const last = names.at(-1) ?? 'A';
  let text = `${DECLARATION}<worksheet xmlns="${MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0"><pane ySplit="2" topLeftCell="A3" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>
<cols>${sheet.columns.map((c, i) => `<col min="${i + 1}" max="${i + 1}" width="${c.width}" customWidth="1"/>`).join('')}</cols><sheetData>
<row r="1" ht="30" customHeight="1">${cell('A', 1, sheet.title, STYLE.title)}</row><row r="2">${sheet.columns.map((c, i) => cell(names[i] ?? '', 2, c.head, STYLE.head)).join('')}</row>`;
  let row = 2;
  for await (const values of sheet.rows) {
    row += 1;
    if (row > MAX_ROWS + 2) throw new RangeError('more rows than a sheet can hold');
    text += `<row r="${row}">`;
    for (let i = 0; i < values.length; i++) text += cell(names[i] ?? '', row, values[i] ?? '', STYLE.text);
    text += '</row>';
    if (text.length >= CHUNK) {
      yield Buffer.from(text);
      text = '';
    }
  }
  yield Buffer.from(
    `${text}</sheetData><mergeCells count="1"><mergeCell ref="A1:${last}1"/></mergeCells><pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/><pageSetup paperSize="${sheet.landscapeA3 ? 8 : 9}" orientation="${sheet.landscapeA3 ? 'landscape' : 'portrait'}" fitToWidth="1" fitToHeight="0"/><headerFooter><oddFooter>&amp;C第 &amp;P 页 共 &amp;N 页</oddFooter></headerFooter></worksheet>`,
  );
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
    `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="${xml(sheet.name)}" sheetId="1" r:id="rId1"/></sheets><definedNames><definedName name="_xlnm.Print_Titles" localSheetId="0">${xml(quoted)}!$1:$2</definedName></definedNames></workbook>`,
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
