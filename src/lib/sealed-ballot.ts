import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

export type Choice = 'yes' | 'no' | 'abstain' | 'recused';
const codes: Record<Choice, number> = { yes: 1, no: 2, abstain: 3, recused: 4 };
const choiceOf = new Map(Object.entries(codes).map(([choice, code]) => [code, choice as Choice]));

const NONCE = 12;
const TAG = 16;
const owner = (round: number, judge: number): Buffer => Buffer.from(`ballot:${round}:${judge}`);

/** Everything a judge voted in one round, in the order of the items, sealed with the round's key (32 bytes). Its length tells only the number of items. Base64. */
export function sealBallot(key: Buffer, round: number, judge: number, choices: readonly Choice[]): string {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(owner(round, judge));
  return Buffer.concat([nonce, cipher.update(Buffer.from(choices.map((c) => codes[c]))), cipher.final(), cipher.getAuthTag()]).toString(
    'base64',
  );
}

/** The choices in a box. Throws when it was changed, sealed with another key, or lies in another judge's or round's place. */
export function openBallot(key: Buffer, round: number, judge: number, box: string): Choice[] {
  const bytes = Buffer.from(box, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE), { authTagLength: TAG });
  decipher.setAAD(owner(round, judge));
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG));
  const plain = Buffer.concat([decipher.update(bytes.subarray(NONCE, bytes.length - TAG)), decipher.final()]);
  return [...plain].map((code) => {
    const choice = choiceOf.get(code);
    if (!choice) throw new RangeError('no such choice in a ballot');
    return choice;
  });
}
