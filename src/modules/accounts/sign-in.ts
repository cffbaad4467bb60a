import { dummyVerify, hashPassword, isOutdated, verifyPassword } from '../../adapters/passwords';
import { appendAudit, type AuditEntry } from '../../audit/audit.store';
import { inTransaction, type Db, type Handle } from '../../db/db';
import type { Deps } from '../../deps';
import { findDraft, keepDraft } from '../../http/form-drafts.store';
import type { ActClaim } from '../../http/one-time-token.store';
import type { Opening } from '../../http/route';
import { signInNameIndex } from './account.store';
import { digestOf } from './captcha.store';
import { nextStep, type NextStep } from './second-factor';
import { replaceHash } from './password.store';
import { beginSignIn, completeSignIn, completeWithSession, MAX_TRIES, type Begun } from './sign-in-attempt.store';

export interface SignInInput {
  account: string;
  password: string;
  captchaId: string;
  captcha: string;
  /** the browser session the captcha was drawn for */
  owner: string;
  /** hash of the cookie of a browser that somebody has signed in with */
  device: Buffer | undefined;
  /** the form's one-time token */
  token: string;
  requestId: string;
}

export type SignInRefusal =
  | { kind: 'captcha-wrong' }
  | { kind: 'captcha-gone' }
  | { kind: 'wrong'; triesLeft: number }
  /** `until`: ISO 8601 */
  | { kind: 'locked'; until: string };
/** `opening`: the session is opened together with the record of it; `refused` when the account is disabled in that very moment */
export type SignInOutcome =
  | { kind: 'done'; accountId: number; next: 'none'; opening: Omit<Opening, 'refused'> & { refused: () => Promise<SignInRefusal> } }
  | { kind: 'done'; accountId: number; next: Exclude<NextStep, 'none'> }
  | SignInRefusal;

interface KeptOutcome {
  form: string;
  refusal: SignInRefusal;
}

/**
 * A1, A2: signs in with login name, ID number or credit code. A try is counted before the password is compared; names that belong to nobody cost the same time,
 * are counted alike and read alike. The refusal of a form is kept for a while, so that the second click of an impatient person gets the answer of the first.
 * `claim`: M7, the form's token is claimed by the first statement of it; 'repeated' when it was claimed before, and nothing has been done.
 */
export async function signIn(deps: Deps, input: SignInInput): Promise<SignInOutcome>;
export async function signIn(deps: Deps, input: SignInInput, claim: ActClaim | undefined): Promise<SignInOutcome | 'repeated'>;
export async function signIn(deps: Deps, input: SignInInput, claim?: ActClaim): Promise<SignInOutcome | 'repeated'> {
  const form = deps.cipher
    .blindIndex(JSON.stringify([input.token, input.account, input.password, input.captcha]), 'sign-in-form')
    .toString('hex');
  const nameIndex = signInNameIndex(deps.cipher, input.account);
  const begun = await beginSignIn(deps.db, { ...input, answerHash: digestOf(input.captcha), nameIndex, claim });
  if (begun === 'repeated') return begun;
  if (begun.captcha === 'gone') {
    const kept = await findDraft<KeptOutcome>(deps.db, deps.cipher, 'sign-in-outcome', input.owner, input.captchaId);
    return kept?.form === form ? kept.refusal : { kind: 'captcha-gone' };
  }
  const keep = async (refusal: SignInRefusal): Promise<SignInRefusal> => {
    const kept: KeptOutcome = { form, refusal };
    await keepDraft(deps.db, deps.cipher, 'sign-in-outcome', input.owner, kept, 10, input.captchaId);
    return refusal;
  };
  const outcome: SignInOutcome = begun.captcha === 'right' ? await compare(deps, input, begun) : { kind: 'captcha-wrong' };
  if (outcome.kind !== 'done') return keep(outcome);
  if (outcome.next !== 'none') return outcome;
  const { opening } = outcome;
  return { ...outcome, opening: { ...opening, refused: async () => keep(await opening.refused()) } };
}

function recordFailure(
  db: Db,
  accountId: number | undefined,
  detail: { tries: number } | { locked: true },
  requestId: string,
): Promise<void> {
  return appendAudit(db, {
    actorId: null,
    actorName: '未登录',
    action: 'account.sign-in-failed',
    ...(accountId === undefined ? {} : { subjectKind: 'account', subjectId: String(accountId) }),
    detail,
    requestId,
  });
}

async function compare(
  deps: Deps,
  { password, requestId }: SignInInput,
  begun: Extract<Begun, { captcha: 'right' }>,
): Promise<SignInOutcome> {
  const { db } = deps;
  const { account: found, counter, attempt } = begun;
  // S04: whatever the name is, the same steps are gone through: count, hash, log
  const isRight = found && attempt.kind === 'allowed' ? await verifyPassword(found.passwordHash, password) : await dummyVerify(password);
  if (attempt.kind === 'locked') {
    await recordFailure(db, found?.id, { locked: true }, requestId);
    return { kind: 'locked', until: attempt.until.toISOString() };
  }
  const refuse = async (): Promise<SignInRefusal> => {
    await recordFailure(db, found?.id, { tries: attempt.n }, requestId);
    return attempt.lockedUntil
      ? { kind: 'locked', until: attempt.lockedUntil.toISOString() }
      : { kind: 'wrong', triesLeft: MAX_TRIES - attempt.n };
  };
  if (found && counter && isRight && !found.isDisabled) {
    const next = await nextStep(deps, found);
    const entry: AuditEntry = {
      actorId: found.id,
      actorName: found.displayName,
      action: next === 'none' ? 'account.sign-in' : 'account.password-passed',
      subjectKind: 'account',
      subjectId: String(found.id),
      requestId,
    };
    // S07: only now is the password at hand in plain
    const stronger = isOutdated(found.passwordHash) ? await hashPassword(password) : undefined;
    const complete = (write: (h: Handle) => Promise<boolean>): Promise<boolean> =>
      stronger === undefined
        ? write(db)
        : inTransaction(db, async (trx) => {
            const done = await write(trx);
            if (done) await replaceHash(trx, found.id, found.passwordHash, stronger);
            return done;
          });
    // S04: an account that is disabled in this very moment is answered as one that was disabled before
    if (next === 'none') {
      const write: Opening['write'] = (opened) => complete((h) => completeWithSession(h, counter, attempt.n, entry, opened));
      return { kind: 'done', accountId: found.id, next, opening: { role: found.role, write, refused: refuse } };
    }
    if (await complete((h) => completeSignIn(h, counter, attempt.n, entry))) return { kind: 'done', accountId: found.id, next };
  }
  return refuse();
}
