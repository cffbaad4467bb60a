import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
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

export const hasPdfToText = spawnSync('pdftotext', ['-v'], { stdio: 'ignore' }).error === undefined;
/** Tests that read the text of a PDF: skipped, and saying so in their names, where pdftotext is not installed. */
export const withPdfToText = hasPdfToText ? it : it.skip;
export const skipped = hasPdfToText ? '' : ' (skipped: pdftotext is not installed)';

/** The text of a PDF in the order of reading (`raw`) or of the page (`layout`), without blanks. */
export const textOf = (pdf: Buffer, order: 'raw' | 'layout' = 'raw'): string =>
  execFileSync('pdftotext', [`-${order}`, '-', '-'], { input: pdf })
    .toString()
    .replace(/\s/g, '');

/** Prints are kept where TEST_PRINTS says, to be looked at. */
export const keepPrint = (name: string, pdf: Buffer): void => {
  if (process.env.TEST_PRINTS) fs.writeFileSync(path.join(process.env.TEST_PRINTS, name), pdf);
};
