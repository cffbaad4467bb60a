import fc from 'fast-check';
import { BusyError } from '../../../src/http/errors';
import { UploadGate } from '../../../src/http/upload-gate';

/** Brings so many bytes in pieces, and goes away when all are there; gives what the gate held at its fullest. */
async function bring(gate: UploadGate, bytes: number, piece: number): Promise<number> {
  const share = gate.open(bytes);
  let most = 0;
  try {
    for (let left = bytes; left > 0; left -= piece) {
      await share.take(Math.min(piece, left));
      most = Math.max(most, gate.held);
    }
    return most;
  } finally {
    share.close();
  }
}
const gateOf = (crowded: number, full: number, patience = 60_000): UploadGate => {
  const gate = new UploadGate();
  Object.assign(gate.limits, { crowded, full, patience });
  return gate;
};

describe('S47, M12 how much all uploads hold in memory', () => {
  test('of 64 that come at once, more than there is room for, all are read to their end and never more is held than may be', async () => {
    const gate = gateOf(96, 224);
    const most = await Promise.all(Array.from({ length: 64 }, () => bring(gate, 5, 1)));
    expect(Math.max(...most)).toBeLessThanOrEqual(224);
    expect(gate.held).toBe(0);
  });

  test('whatever comes, in whatever pieces: all end, never more is held than may be, nothing stays behind', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 60 }), piece: fc.integer({ min: 1, max: 60 }) }), { maxLength: 40 }),
        async (uploads) => {
          const gate = gateOf(96, 224);
          const most = await Promise.all(uploads.map((u) => bring(gate, u.bytes, u.piece)));
          expect(Math.max(0, ...most)).toBeLessThanOrEqual(224);
          expect(gate.held).toBe(0);
        },
      ),
    );
  });

  test('who waits longer than patience is turned away; who is in goes on', async () => {
    const gate = gateOf(4, 10, 20);
    const [first, second] = [gate.open(4), gate.open(9)];
    await first.take(4);
    await expect(second.take(9)).rejects.toThrow(BusyError);
    second.close();
    await second.take(9).then(() => expect(gate.held).toBe(4));
    first.close();
    first.close();
    expect(gate.held).toBe(0);
  });

  test('one whose sender has gone while it waited holds nothing', async () => {
    const gate = gateOf(4, 4);
    const [first, second] = [gate.open(4), gate.open(4)];
    await first.take(4);
    const waiting = second.take(4);
    second.close();
    await waiting;
    first.close();
    expect(gate.held).toBe(0);
  });
});
