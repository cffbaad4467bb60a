/*
 * Judges PDFs in a thread of its own: reading every object of a file takes as long as the file wants it to, and the site answers others meanwhile.
 * Asked { id, question: bytes }; answers { id, answer: PdfVerdict } or { id, fault }.
 */
import { parentPort } from 'node:worker_threads';
import { inspectPdf } from './inspect-pdf';

parentPort?.on('message', ({ id, question }: { id: number; question: Uint8Array }) => {
  inspectPdf(Buffer.from(question.buffer, question.byteOffset, question.byteLength)).then(
    (answer) => parentPort?.postMessage({ id, answer }),
    (e: unknown) => parentPort?.postMessage({ id, fault: String(e) }),
  );
});
