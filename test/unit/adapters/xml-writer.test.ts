import fc from 'fast-check';
import { XmlWriter, xmlText } from '../../../src/adapters/spreadsheet/xml-writer';

describe('M5, S40 XML written straight into a buffer', () => {
  it.each([
    ['<b>&"\'', "&lt;b&gt;&amp;&quot;'"],
    ['a\r\nb\rc\nd\te', 'a\nb\nc\nd\te'],
    ['_x0041_ _x00g1_ _y', '_x005F_x0041_ _x00g1_ _y'],
    ['_x0041_x0042_', '_x005F_x0041_x005F_x0042_'],
    ['\u0000\u0007\u001f\u007f', '\u007f'],
    ['é中\u{2002c}\u{1f600}', 'é中\u{2002c}\u{1f600}'],
    ['a\ud800b\udc00c\ud800', 'abc'],
    ['\ufffd\ufffe\uffff', '\ufffd'],
    ['', ''],
  ])('%j is %j', (text, xml) => expect(xmlText(text)).toBe(xml));

  it('gives back every text that XML can hold', () => {
    const back = (xml: string): string =>
      xml
        .replace(/_x005F_/g, '_')
        .replace(/&quot;/g, '"')
        .replace(/&lt;/g, '<')
        .replace(/&gt;/g, '>')
        .replace(/&amp;/g, '&');
    const holds = (text: string): boolean => !/[\p{Cc}\p{Cs}\ufffe\uffff]|_x005F_/u.test(text);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }).filter(holds), fc.string({ unit: 'grapheme' }).filter(holds), (a, b) => {
        // little room, so that it has to be made
        const to = new XmlWriter(4).text(a).text(b);
        expect(back(to.take().toString())).toBe(a + b);
      }),
    );
  });

  it('goes on in another buffer after what was written is taken', () => {
    const to = new XmlWriter(8);
    const first = to.markup('<r>').count(0).count(1048576).take();
    to.text('第二').bytes(Buffer.from('</r>'));
    expect([first.toString(), to.length, to.take().toString()]).toEqual(['<r>01048576', 10, '第二</r>']);
  });
});
