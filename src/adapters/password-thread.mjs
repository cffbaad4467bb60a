/*
 * Makes and compares hashes of passwords in a thread of its own. Asked { id, question: { plain, options } } for a new one, { id, question: { plain, stored } } for whether they belong together;
 * answers { id, answer } or { id, fault }.
 */
import os from 'node:os';
import { parentPort } from 'node:worker_threads';
import { hashSync, verifySync } from '@node-rs/argon2';

/** Linux, and it alone, has a priority for each thread. With this one a hash gets a tenth of what a page gets while both want the same processor, and all of it otherwise. */
const NICE = 10;
try {
  if (process.platform === 'linux') os.setPriority(NICE);
} catch {
  // where a sandbox forbids it hashes are as urgent as pages
}

const reckon = ({ plain, stored, options }) => (stored === undefined ? hashSync(plain, options) : verifySync(stored, plain));

parentPort.on('message', ({ id, question }) => {
  try {
    parentPort.postMessage({ id, answer: reckon(question) });
  } catch (e) {
    parentPort.postMessage({ id, fault: String(e) });
  }
});
