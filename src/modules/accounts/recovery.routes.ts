import type { Deps } from '../../deps';
import type { ControlModel, FormModel } from '../../form/control';
import { problemLinks } from '../../form/form-model';
import type { Problem } from '../../form/section';
import { entryCrumb } from '../../http/crumbs';
import { findDraft, keepDraft, replaceDraft } from '../../http/form-drafts.store';
import { paths } from '../../http/paths';
import { page, refusal, seeOther, type Crumb, type Reply, type Route, type Visit } from '../../http/route';
import { maskIdNumber, maskMobile, maskName } from '../../lib/mask';
import { readMobile } from '../../lib/mobile';
import { newToken } from '../../lib/new-token';
import { normaliseLine } from '../../lib/text';
import { createCaptcha, useCaptcha, type CaptchaKind } from './captcha.store';
import { accountsOf, newPasswordProblem, proveRecovery, recoverAccount, rulesFor, sendRecoveryCode, type RecoveryDraft } from './recovery';
import type { RecoverableAccount } from './recovery.store';
import { CODE_MINUTES } from './sms-code.store';
import { codeProblem, demoHint, sendingProblem, waitText } from './sms-texts';

/** The first page's form, while something in it is to be corrected or only its captcha was renewed. */
interface MobileDraft {
  typed: string;
  captchaKind: CaptchaKind;
  problems: Problem[];
}

const MINUTES = 30;
const problem = (part: string, field: string, text: string): Problem => ({ part, field, severity: 'shape', text });
const problemOf = (problems: readonly { field?: string; text: string }[], field: string): { problem?: string } => {
  const text = problems.find((p) => p.field === field)?.text;
  return text === undefined ? {} : { problem: text };
};
const form = (action: string, controls: ControlModel[], button: string): FormModel => ({
  action,
  multipart: false,
  token: newToken(),
  parts: controls.length === 0 ? [] : [{ kind: 'group', id: 'recover', controls }],
  buttons: [{ value: 'next', text: button, kind: 'primary' }],
});

function passwordControls(accounts: readonly RecoverableAccount[], draft: RecoveryDraft): ControlModel[] {
  const [first] = accounts;
  const choose: ControlModel[] =
    accounts.length < 2
      ? []
      : [
          {
            type: 'choice',
            style: 'radios',
            id: 'f-recover-account',
            name: 'recover.account',
            label: '要设置新密码的账号',
            required: true,
            value: draft.choice,
            width: 'full',
            items: accounts.map((a, i) => ({
              value: String(i + 1),
              text: `${a.loginName}（${a.role === 'person' ? '个人' : '单位'}）`,
              selected: draft.choice === String(i + 1),
            })),
            ...problemOf(draft.problems, 'account'),
          },
        ];
  const control = (field: string, label: string, hint: string): ControlModel => ({
    type: 'password',
    id: `f-recover-${field}`,
    name: `recover.${field}`,
    label,
    hint,
    required: true,
    value: '',
    width: 'm',
    autocomplete: 'new-password',
    ...problemOf(draft.problems, field),
  });
  const hint =
    accounts.length < 2 && first
      ? rulesFor(first).hint
      : '个人账号至少 10 个字符，单位账号至少 12 个字符，不能包含登录名、证件号码（统一社会信用代码）和手机号码';
  return [...choose, control('password', '新密码', hint), control('passwordAgain', '确认新密码', '再填写一次新密码')];
}

/** 「找回用户名或密码」 (A3): number and captcha, then the code, then the login names and a new password. */
export function recoveryRoutes(deps: Deps): Route[] {
  const { db, cipher } = deps;
  const TITLE = '找回用户名或密码';
  const crumbs: Crumb[] = [entryCrumb, { text: TITLE }];
  const gone = refusal(410, '找回页面已经失效，密码未更改，请重新找回', { text: TITLE, href: paths.recover() });
  const draftOf = (visit: Visit): Promise<RecoveryDraft | undefined> =>
    findDraft<RecoveryDraft>(db, cipher, 'recover', visit.owner, visit.query.one('draft'));

  const showMobile = async (visit: Visit): Promise<Reply> => {
    const kept = await findDraft<Partial<MobileDraft>>(db, cipher, 'recover', visit.owner, visit.query.one('draft'));
    const { typed = '', captchaKind = 'picture', problems = [] } = kept ?? {};
    const control: ControlModel = {
      type: 'text',
      id: 'f-recover-mobile',
      name: 'recover.mobile',
      label: '手机号码',
      hint: '注册时填写的手机号码；更换过的，填写更换后的号码',
      required: true,
      value: typed,
      width: 'm',
      inputmode: 'tel',
      autocomplete: 'tel',
      ...problemOf(problems, 'mobile'),
    };
    const captcha = await createCaptcha(db, visit.owner, captchaKind);
    return page(
      'accounts/recover',
      { title: TITLE, breadcrumbs: crumbs, errors: problemLinks(problems) },
      { form: form(paths.recover(), [control], '获取验证码'), captcha: { ...captcha, ...problemOf(problems, 'answer') } },
    );
  };

  const askForCode = async (visit: Visit): Promise<Reply> => {
    const { body, owner } = visit;
    const act = body.one('do');
    const typed = normaliseLine(body.one('recover.mobile')).slice(0, 40);
    const isWords = act === 'captcha:words' || (act !== 'captcha:picture' && body.one('captcha.kind') === 'words');
    const back = async (problems: Problem[]): Promise<Reply> => {
      const draft: MobileDraft = { typed, captchaKind: isWords ? 'words' : 'picture', problems };
      return seeOther(`${paths.recover()}?draft=${await keepDraft(db, cipher, 'recover', owner, draft, MINUTES)}`);
    };
    if (act.startsWith('captcha:')) return back([]);
    const read = readMobile(typed);
    const problems: Problem[] = [];
    if (!read.ok) problems.push(problem('recover', 'mobile', read.problem));
    const answer = body.one('captcha.answer').trim();
    if (answer === '') problems.push(problem('captcha', 'answer', '请填写「验证码」'));
    else {
      const verdict = await useCaptcha(db, body.one('captcha.id'), owner, answer);
      if (verdict !== 'right')
        problems.push(problem('captcha', 'answer', `「验证码」${verdict === 'wrong' ? '不正确' : '已经失效'}，请按新的验证码重新填写`));
    }
    if (!read.ok || problems.length > 0) return back(problems);
    const text = sendingProblem(await sendRecoveryCode(deps, read.value, visit));
    if (text !== undefined) return back([problem('recover', 'mobile', text)]);
    const draft: RecoveryDraft = { mobile: read.value, isProven: false, choice: '', problems: [] };
    return seeOther(paths.recoverCode(await keepDraft(db, cipher, 'recover', owner, draft, MINUTES)));
  };

  /** Changes the draft and shows the page again. */
  const back = async (visit: Visit, draft: RecoveryDraft, to: (draft: string) => string): Promise<Reply> => {
    const draftId = visit.query.one('draft');
    return (await replaceDraft(db, cipher, 'recover', visit.owner, draftId, draft)) ? seeOther(to(draftId)) : gone;
  };

  const showCode = async (visit: Visit): Promise<Reply> => {
    const draft = await draftOf(visit);
    if (draft?.mobile === undefined) return gone;
    const draftId = visit.query.one('draft');
    if (draft.isProven) return seeOther(paths.recoverAccount(draftId));
    const hint = demoHint(deps);
    return page(
      'accounts/recover-code',
      { title: TITLE, breadcrumbs: crumbs, errors: problemLinks(draft.problems.map((p) => problem(p.part, p.field, p.text))) },
      {
        form: form(paths.recoverCode(draftId), [], '下一步'),
        mobile: maskMobile(draft.mobile),
        minutes: CODE_MINUTES,
        sms: {
          value: '',
          ...problemOf(draft.problems, 'code'),
          notes: [await waitText(deps, draft.mobile), ...(hint === undefined ? [] : [hint])],
        },
      },
    );
  };

  const prove = async (visit: Visit): Promise<Reply> => {
    const draft = await draftOf(visit);
    if (draft?.mobile === undefined) return gone;
    const complain = (text: string | undefined): RecoveryDraft => ({
      ...draft,
      problems: text === undefined ? [] : [{ part: 'sms', field: 'code', text }],
    });
    if (visit.body.one('do') === 'sms')
      return back(visit, complain(sendingProblem(await sendRecoveryCode(deps, draft.mobile, visit))), paths.recoverCode);
    const code = normaliseLine(visit.body.one('sms.code'));
    if (code === '') return back(visit, complain('请填写「短信验证码」'), paths.recoverCode);
    const wrong = codeProblem(await proveRecovery(deps, draft.mobile, code, visit));
    if (wrong !== undefined) return back(visit, complain(wrong), paths.recoverCode);
    return back(visit, { ...draft, isProven: true, problems: [] }, paths.recoverAccount);
  };

  const showAccount = async (visit: Visit): Promise<Reply> => {
    const draft = await draftOf(visit);
    const accounts = draft?.isProven ? await accountsOf(deps, draft.mobile) : [];
    if (!draft?.isProven || accounts.length === 0) return gone;
    return page(
      'accounts/recover-account',
      { title: TITLE, breadcrumbs: crumbs, errors: problemLinks(draft.problems.map((p) => problem(p.part, p.field, p.text))) },
      {
        accounts: accounts.map((a) => ({
          title: a.role === 'person' ? `个人账号：${maskName(a.name)}` : `单位账号：${a.name}`,
          rows: [
            { label: '登录名', text: a.loginName },
            { label: a.role === 'person' ? '证件号码' : '统一社会信用代码', text: maskIdNumber(a.number) },
          ],
        })),
        form: form(paths.recoverAccount(visit.query.one('draft')), passwordControls(accounts, draft), '设置新密码'),
      },
    );
  };

  const setPassword = async (visit: Visit): Promise<Reply> => {
    const { body } = visit;
    const draft = await draftOf(visit);
    if (!draft?.isProven) return gone;
    const accounts = await accountsOf(deps, draft.mobile);
    const choice = accounts.length < 2 ? '1' : body.one('recover.account');
    const account = accounts.find((_a, i) => String(i + 1) === choice);
    const password = body.one('recover.password');
    const again = body.one('recover.passwordAgain');
    const problems: RecoveryDraft['problems'] = [];
    const complain = (field: string, text: string): void => void problems.push({ part: 'recover', field, text });
    if (!account) complain('account', '请选择要设置新密码的账号');
    if (password === '') complain('password', '请填写「新密码」');
    else {
      const text = account && newPasswordProblem(account, draft.mobile, password);
      if (text !== undefined) complain('password', text);
      else if (password !== again) complain('passwordAgain', again === '' ? '请再填写一次新密码' : '两次填写的密码不一致，请重新填写');
    }
    if (!account || problems.length > 0) return back(visit, { ...draft, choice, problems }, paths.recoverAccount);
    const outcome = await recoverAccount(deps, visit.query.one('draft'), account.id, password, visit);
    return outcome.kind === 'done' ? seeOther(`${paths.signIn()}?recovered=1`) : gone;
  };

  return [
    { method: 'get', path: paths.recover(), access: 'public', audit: null, handle: showMobile },
    { method: 'post', path: paths.recover(), access: 'public', audit: 'sms.send-code', handle: askForCode },
    { method: 'get', path: paths.recoverCode(), access: 'public', audit: null, handle: showCode },
    { method: 'post', path: paths.recoverCode(), access: 'public', audit: 'account.recover-name', handle: prove },
    { method: 'get', path: paths.recoverAccount(), access: 'public', audit: null, handle: showAccount },
    { method: 'post', path: paths.recoverAccount(), access: 'public', audit: 'account.recover', handle: setPassword },
  ];
}
