/*
 * Draws single pages of PDFs in a thread of its own: PDFium as WebAssembly, so that neither a fault in it nor an endless page reaches the site.
 * Asked { id, question: { content, page, side } }; answers { id, answer: { data, width, height } } (RGBA), { id, answer: { missing: true } } when there is no such page, or
 * { id, fault }.
 */
import { parentPort } from 'node:worker_threads';
import { PDFiumLibrary } from '@hyzyla/pdfium';

const ready = PDFiumLibrary.init();

async function draw({ content, page, side }) {
  const library = await ready;
  const document = await library.loadDocument(content);
  try {
    if (page > document.getPageCount()) return { missing: true };
    const one = document.getPage(page - 1);
    const size = one.getOriginalSize();
    const scale = side / Math.max(size.originalWidth, size.originalHeight, 1);
    const { data, width, height } = await one.render({ scale, render: (o) => Promise.resolve(o.data) });
    return { data: Uint8Array.from(data), width, height };
  } finally {
    document.destroy();
  }
}

parentPort.on('message', ({ id, question }) => {
  draw(question).then(
    (answer) => parentPort.postMessage({ id, answer }, answer.data ? [answer.data.buffer] : []),
    (e) => parentPort.postMessage({ id, fault: String(e) }),
  );
});
