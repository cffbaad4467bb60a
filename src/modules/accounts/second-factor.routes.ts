import { qrPng } from '../../adapters/qr';
import type { Deps } from '../../deps';
import type { FormButton, FormModel } from '../../form/control';
import { entryCrumb, homeCrumb } from '../../http/crumbs';
import { findDraft, keepDraft, takeDraft } from '../../http/form-drafts.store';
import { paths } from '../../http/paths';
import { notFound, page, refusal, seeOther, type PageError, type Reply, type Route, type Visit } from '../../http/route';
import { maskMobile } from '../../lib/mask';
import { showMoment } from '../../lib/moment';
import { newToken } from '../../lib/new-token';
import { base32, totpAddress } from '../../lib/totp';
import { ownAddress } from './own-address';
import { codeControl } from './password-control';
import { checkFactor, codeRequest, renewRecoveryCodes, setFactor } from './second-factor';
import { findFactor, findFactorAccount, type FactorAccount, type SecondFactor } from './second-factor.store';
import { sendCode } from './sms-code';
import { demoHint, sendingProblem, sentNotes } from './sms-texts';

/** Recovery codes that were made just now, for the page that tells them. */
interface Told {
  accountId: number;
  codes: string[];
  next: string;
}
const TOLD_MINUTES = 10;
const SITE = '职称申报系统';
const crumbs = [entryCrumb, { text: '二次验证' }];
const ownCrumbs = [homeCrumb, { text: '二次验证', href: paths.ownFactor() }];

/** S10: the second page of a sign-in, setting a second factor there or later, and its recovery codes. */
export function secondFactorRoutes(deps: Deps): Route[] {
  const { db, cipher } = deps;
  const formOf = (action: string, controls: FormModel['parts'][number] & object, buttons: FormButton[]): FormModel => ({
    action,
    multipart: false,
    token: newToken(),
    parts: [controls],
    buttons,
  });
  const codeForm = (action: string, label: string, hint: string, problem: string | undefined, buttons: FormButton[]): FormModel =>
    formOf(action, { kind: 'group', id: 'factor', controls: [codeControl('code', label, hint, problem)] }, buttons);
  const errorsOf = (problem: string | undefined): PageError[] => (problem === undefined ? [] : [{ text: problem, href: '#f-code' }]);
  const next = (visit: Visit): string => visit.query.one('next');
  /** the notes beside a code that was sent to this number */
  const notesOf = async (mobile: string): Promise<string[]> => {
    const hint = demoHint(deps);
    return [...(await sentNotes(deps, mobile, undefined)), ...(hint === undefined ? [] : [hint])];
  };
  const send = async (visit: Visit, account: FactorAccount): Promise<string | undefined> =>
    account.mobile === undefined
      ? '该账号没有手机号码'
      : sendingProblem(await sendCode(deps, codeRequest(account.mobile, visit.owner), { requestId: visit.requestId }));

  // ---- the second page of a sign-in
  const half = async (visit: Visit): Promise<{ account: FactorAccount; factor: SecondFactor | undefined } | undefined> => {
    const id = visit.halfSignedIn;
    const account = id === undefined ? undefined : await findFactorAccount(db, cipher, id);
    return account && { account, factor: await findFactor(db, cipher, account.id) };
  };

  const askPage = async (visit: Visit, problem?: string): Promise<Reply> => {
    const found = await half(visit);
    if (!found) return seeOther(paths.signIn());
    const { account, factor } = found;
    if (!factor) return seeOther(paths.setFactorAtSignIn(next(visit)));
    const withCode = visit.query.one('with') === 'code' || factor.needsRecoveryCode;
    const isSms = factor.kind === 'sms' && !withCode;
    const query = new URLSearchParams({ ...(next(visit) ? { next: next(visit) } : {}), ...(withCode ? { with: 'code' } : {}) }).toString();
    const other = new URLSearchParams({ ...(next(visit) ? { next: next(visit) } : {}), ...(withCode ? {} : { with: 'code' }) }).toString();
    const address = (q: string): string => (q ? `${paths.factor()}?${q}` : paths.factor());
    const isSent = visit.query.has('sent');
    return page(
      'accounts/factor',
      { title: '二次验证', breadcrumbs: crumbs, errors: errorsOf(problem) },
      {
        form: codeForm(
          address(query),
          withCode ? '恢复码' : isSms ? '短信验证码' : '动态验证码',
          withCode ? '设置二次验证时保存的恢复码，每个只能使用一次' : isSms ? '6 位数字' : '手机验证器上显示的 6 位数字',
          problem,
          [
            { value: 'next', text: '登录', kind: 'primary' },
            ...(isSms ? [{ value: 'send', text: isSent ? '重新获取验证码' : '获取验证码', kind: 'secondary' } as const] : []),
          ],
        ),
        name: account.name,
        mobile: isSms && account.mobile !== undefined ? maskMobile(account.mobile) : undefined,
        notes: isSms && isSent && account.mobile !== undefined ? await notesOf(account.mobile) : [],
        mustUseCode: factor.needsRecoveryCode,
        withCode,
        otherHref: address(other),
      },
      problem === undefined ? 200 : 422,
    );
  };

  const answerFactor = async (visit: Visit): Promise<Reply> => {
    const found = await half(visit);
    if (!found) return seeOther(paths.signIn());
    const typed = visit.body.one('code').trim();
    if (visit.body.one('do') === 'send') {
      const problem = await send(visit, found.account);
      if (problem !== undefined) return askPage(visit, problem);
      return seeOther(`${paths.factor()}?${new URLSearchParams({ ...(next(visit) ? { next: next(visit) } : {}), sent: '1' }).toString()}`);
    }
    if (typed === '') return askPage(visit, '请填写验证码');
    const { owner, requestId } = visit;
    const verdict = await checkFactor(deps, { accountId: found.account.id, typed, owner, requestId });
    switch (verdict.kind) {
      case 'right':
        return { kind: 'see-other', to: ownAddress(next(visit)), signIn: found.account.id };
      case 'wrong':
        return askPage(visit, verdict.text);
      case 'gone':
        return seeOther(paths.signIn());
    }
  };

  // ---- setting a factor
  /** Whom it is set for: somebody in the middle of a sign-in, or somebody who is signed in. */
  const accountFor = async (visit: Visit): Promise<{ account: FactorAccount; secret: string; isSignIn: boolean } | undefined> => {
    const id = visit.visitor?.accountId ?? visit.halfSignedIn;
    const account = id === undefined ? undefined : await findFactorAccount(db, cipher, id);
    if (!account) return undefined;
    const factor = await findFactor(db, cipher, account.id);
    // another one for each session, and after each setting; nothing is stored until a code of it was given
    const key = JSON.stringify([visit.owner, account.id, factor?.setAt.toISOString() ?? '']);
    const secret = base32(cipher.blindIndex(key, 'totp-secret').subarray(0, 20));
    return { account, secret, isSignIn: visit.visitor === undefined };
  };

  const setPage = async (visit: Visit, problem?: string): Promise<Reply> => {
    const found = await accountFor(visit);
    if (!found) return seeOther(paths.signIn());
    const { account, secret, isSignIn } = found;
    if (isSignIn && (await findFactor(db, cipher, account.id))) return seeOther(paths.factor(next(visit)));
    const isSms = visit.query.one('way') === 'sms' && account.mobile !== undefined;
    const base = isSignIn ? paths.setFactorAtSignIn() : paths.setOwnFactor();
    const address = (way: string): string => {
      const query = new URLSearchParams({ ...(next(visit) ? { next: next(visit) } : {}), ...(way === 'sms' ? { way } : {}) }).toString();
      return query ? `${base}?${query}` : base;
    };
    const isSent = visit.query.has('sent');
    return page(
      'accounts/set-factor',
      {
        title: '设置二次验证',
        breadcrumbs: isSignIn ? crumbs : [...ownCrumbs, { text: '设置' }],
        errors: errorsOf(problem),
      },
      {
        form: codeForm(
          address(isSms ? 'sms' : 'totp'),
          isSms ? '短信验证码' : '动态验证码',
          isSms ? '6 位数字' : '验证器上显示的 6 位数字',
          problem,
          [
            { value: 'next', text: '确认设置', kind: 'primary' },
            ...(isSms ? [{ value: 'send', text: isSent ? '重新获取验证码' : '获取验证码', kind: 'secondary' } as const] : []),
          ],
        ),
        isSignIn,
        isSms,
        mobile: account.mobile === undefined ? undefined : maskMobile(account.mobile),
        notes: isSms && isSent && account.mobile !== undefined ? await notesOf(account.mobile) : [],
        secret: (secret.match(/.{4}/g) ?? []).join(' '),
        qr: isSignIn ? paths.factorQr() : paths.ownFactorQr(),
        otherHref: address(isSms ? 'totp' : 'sms'),
      },
      problem === undefined ? 200 : 422,
    );
  };

  const qr = async (visit: Visit): Promise<Reply> => {
    const found = await accountFor(visit);
    if (!found) return notFound;
    const body = await qrPng(totpAddress(found.secret, SITE, found.account.loginName), 240);
    return { kind: 'file', body, contentType: 'image/png', fileName: 'qr.png', inline: true };
  };

  const set = async (visit: Visit): Promise<Reply> => {
    const found = await accountFor(visit);
    if (!found) return seeOther(paths.signIn());
    const { account, secret, isSignIn } = found;
    const isSms = visit.query.one('way') === 'sms';
    const base = isSignIn ? paths.setFactorAtSignIn() : paths.setOwnFactor();
    if (visit.body.one('do') === 'send') {
      const problem = await send(visit, account);
      if (problem !== undefined) return setPage(visit, problem);
      const query = new URLSearchParams({ ...(next(visit) ? { next: next(visit) } : {}), way: 'sms', sent: '1' });
      return seeOther(`${base}?${query.toString()}`);
    }
    const typed = visit.body.one('code').trim();
    if (typed === '') return setPage(visit, '请填写验证码');
    const { owner, requestId } = visit;
    const outcome = await setFactor(deps, {
      accountId: account.id,
      secret: isSms ? undefined : secret,
      typed,
      owner,
      requestId,
      isSignIn,
    });
    switch (outcome.kind) {
      case 'done':
        return tell(visit, { accountId: account.id, codes: outcome.codes, next: next(visit) });
      case 'wrong':
        return setPage(visit, outcome.text);
      case 'taken':
        return seeOther(paths.factor(next(visit)));
      case 'gone':
        return seeOther(paths.signIn());
    }
  };

  // ---- recovery codes, told once
  const tell = async (visit: Visit, told: Told): Promise<Reply> => {
    const draft = await keepDraft(db, cipher, 'second-factor', visit.owner, told, TOLD_MINUTES);
    return seeOther(visit.visitor ? paths.ownFactorCodes(draft) : paths.factorCodes(draft));
  };
  const codesPage = async (visit: Visit): Promise<Reply> => {
    const draft = visit.query.one('draft');
    const told = await findDraft<Told>(db, cipher, 'second-factor', visit.owner, draft);
    const isOwn = visit.visitor !== undefined;
    if (told?.accountId !== (visit.visitor?.accountId ?? visit.halfSignedIn) || !told)
      return seeOther(isOwn ? paths.ownFactor() : paths.signIn());
    return page(
      'accounts/recovery-codes',
      { title: '保存恢复码', breadcrumbs: isOwn ? [...ownCrumbs, { text: '恢复码' }] : crumbs },
      {
        codes: told.codes,
        minutes: TOLD_MINUTES,
        action: isOwn ? undefined : paths.factorCodes(draft),
        backHref: isOwn ? paths.ownFactor() : undefined,
      },
    );
  };
  /** The factor was proven when it was set, in this session: the sign-in is complete. */
  const finish = async (visit: Visit): Promise<Reply> => {
    const told = await takeDraft<Told>(db, cipher, 'second-factor', visit.owner, visit.query.one('draft'));
    const account = await half(visit);
    if (!told || told.accountId !== account?.account.id) return seeOther(paths.signIn());
    return { kind: 'see-other', to: ownAddress(told.next), signIn: told.accountId };
  };

  const ownPage = async (visit: Visit): Promise<Reply> => {
    const factor = await findFactor(db, cipher, visit.actor.accountId);
    return page(
      'accounts/own-factor',
      { title: '二次验证', breadcrumbs: [homeCrumb, { text: '二次验证' }] },
      {
        isOff: deps.config.secondFactor === 'off',
        rows: factor
          ? [
              { label: '验证方式', text: factor.kind === 'totp' ? '手机验证器（动态验证码）' : '短信验证码' },
              { label: '设置时间', text: showMoment(factor.setAt) },
              { label: '未使用的恢复码', text: `${factor.codesLeft} 个` },
            ]
          : undefined,
      },
    );
  };
  const renew = async (visit: Visit): Promise<Reply> => {
    const codes = await renewRecoveryCodes(deps, visit.actor, visit.requestId);
    if (!codes) return refusal(409, '您还没有设置二次验证', { text: '设置二次验证', href: paths.setOwnFactor() });
    return tell(visit, { accountId: visit.actor.accountId, codes, next: '' });
  };

  const own = { access: 'second-factor.own', reauth: true } as const;
  return [
    { method: 'get', path: paths.factor(), access: 'public', audit: null, handle: (visit) => askPage(visit) },
    { method: 'post', path: paths.factor(), access: 'public', audit: 'account.sign-in', handle: answerFactor },
    { method: 'get', path: paths.setFactorAtSignIn(), access: 'public', audit: null, handle: (visit) => setPage(visit) },
    { method: 'post', path: paths.setFactorAtSignIn(), access: 'public', audit: 'account.second-factor-set', handle: set },
    { method: 'get', path: paths.factorQr(), access: 'public', audit: null, handle: qr },
    { method: 'get', path: paths.factorCodes(), access: 'public', audit: null, handle: codesPage },
    // the sign-in was recorded when the factor was set
    { method: 'post', path: paths.factorCodes(), access: 'public', audit: null, handle: finish },
    { method: 'get', path: paths.ownFactor(), ...own, audit: null, handle: ownPage },
    { method: 'get', path: paths.setOwnFactor(), ...own, audit: null, handle: (visit) => setPage(visit) },
    { method: 'post', path: paths.setOwnFactor(), ...own, audit: 'account.second-factor-set', handle: set },
    { method: 'get', path: paths.ownFactorQr(), ...own, audit: null, handle: qr },
    { method: 'get', path: paths.ownFactorCodes(), ...own, audit: null, handle: codesPage },
    { method: 'post', path: paths.ownFactorCodes(), ...own, audit: 'account.recovery-codes', handle: renew },
  ];
}
