import { PDFArray, PDFDict, PDFDocument, PDFName } from 'pdf-lib';

/** Names of all fonts of a PDF, and those of them that carry no font file. */
export async function fontsOf(pdf: Buffer): Promise<{ names: string[]; notEmbedded: string[] }> {
  const { context } = await PDFDocument.load(pdf, { updateMetadata: false });
  const names: string[] = [];
  const notEmbedded: string[] = [];
  for (const [, object] of context.enumerateIndirectObjects()) {
    if (!(object instanceof PDFDict) || object.lookup(PDFName.of('Type')) !== PDFName.of('Font')) continue;
    const name = String(object.lookup(PDFName.of('BaseFont')) ?? object.lookup(PDFName.of('Subtype')));
    names.push(name);
    const children = object.lookup(PDFName.of('DescendantFonts'));
    const holder = children instanceof PDFArray ? children.lookup(0, PDFDict) : object;
    const descriptor = holder.lookup(PDFName.of('FontDescriptor'));
    if (!(descriptor instanceof PDFDict) || !descriptor.has(PDFName.of('FontFile2'))) notEmbedded.push(name);
  }
  return { names, notEmbedded };
}
