import type { Deps } from '../../deps';
import { findDraft, keepDraft } from '../../http/form-drafts.store';
import { showMoment } from '../../lib/moment';
import type { ActClaim } from '../../http/one-time-token.store';
import { paths } from '../../http/paths';
import {
  notFound,
  page,
  seeOther,
  type Opening,
  type PageError,
  type PageMeta,
  type Reply,
  type Route,
  type Visit,
} from '../../http/route';
import { listNotices } from '../notices';
import { createCaptcha, findCaptchaPicture, type CaptchaKind } from './captcha.store';
import { ownAddress } from './own-address';
import { signIn, type SignInRefusal } from './sign-in';
import { signOut } from './sign-out';

/** What the form keeps when only its captcha is renewed. */
interface SignInDraft {
  account: string;
  captchaKind: CaptchaKind;
}
interface SignInForm extends SignInDraft {
  next: string;
}

const PLACE = { account: '#f-account', password: '#f-password', captcha: '#f-captcha-answer' } as const;

function refusalErrors(refusal: SignInRefusal): PageError[] {
  switch (refusal.kind) {
    case 'captcha-wrong':
      return [{ text: '「验证码」不正确，请按新的验证码重新填写', href: PLACE.captcha }];
    case 'captcha-gone':
      return [{ text: '「验证码」已经失效，请按新的验证码重新填写', href: PLACE.captcha }];
    case 'wrong':
      return [{ text: `账号或者密码不正确，还可以尝试 ${refusal.triesLeft} 次`, href: PLACE.password }];
    case 'locked':
      return [
        {
          text: `密码连续 5 次输入错误，账号已被锁定 15 分钟，${showMoment(refusal.until)} 之后自动解锁；需要立即登录的，请点击「找回用户名或密码」，用短信验证码设置新密码`,
          href: PLACE.password,
        },
      ];
  }
}

const problemAt = (errors: readonly PageError[], href: string): string | undefined => errors.find((e) => e.href === href)?.text;

export function signInRoutes(deps: Deps): Route[] {
  const render = async (visit: Visit, form: SignInForm, meta: Partial<PageMeta>, status?: number): Promise<Reply> => {
    const errors = meta.errors ?? [];
    const [captcha, notices] = await Promise.all([createCaptcha(deps.db, visit.owner, form.captchaKind), listNotices(deps.db, 6)]);
    return page(
      'accounts/sign-in',
      { title: '登录', ...meta },
      {
        account: form.account,
        next: form.next,
        captcha: { ...captcha, problem: problemAt(errors, PLACE.captcha) },
        accountProblem: problemAt(errors, PLACE.account),
        passwordProblem: problemAt(errors, PLACE.password),
        notices: notices,
      },
      status,
    );
  };

  const show = async (visit: Visit): Promise<Reply> => {
    const next = visit.query.one('next');
    if (visit.visitor) return seeOther(ownAddress(next));
    const draft = await findDraft<SignInDraft>(deps.db, deps.cipher, 'sign-in', visit.owner, visit.query.one('draft'));
    const notice: PageMeta['notice'] = visit.query.has('registered')
      ? { kind: 'success', text: '注册成功，请用登录名或者证件号码（单位用统一社会信用代码）登录' }
      : visit.query.has('recovered')
        ? { kind: 'success', text: '新密码已经设置，请使用新密码登录' }
        : visit.query.has('closed')
          ? { kind: 'info', text: '账号已注销，您的信息已删除' }
          : visit.query.has('signed-out')
            ? { kind: 'info', text: '您已退出登录' }
            : visit.query.has('kept')
              ? { kind: 'info', text: '您填写的内容已保留，登录后可以继续提交' }
              : visit.query.has('lost')
                ? { kind: 'warning', text: '登录已经失效，刚才提交的内容没有生效，请登录后重新办理' }
                : next !== ''
                  ? { kind: 'info', text: '请登录后继续' }
                  : undefined;
    return render(visit, { account: '', captchaKind: 'picture', ...draft, next }, notice ? { notice } : {});
  };

  const renewCaptcha = async (visit: Visit, form: SignInForm): Promise<Reply> => {
    const draft: SignInDraft = { account: form.account, captchaKind: form.captchaKind };
    const id = await keepDraft(deps.db, deps.cipher, 'sign-in', visit.owner, draft);
    return seeOther(`${paths.signIn()}?${new URLSearchParams({ draft: id, ...(form.next ? { next: form.next } : {}) }).toString()}`);
  };

  /** `claim`: see Route.claiming */
  async function post(visit: Visit): Promise<Reply>;
  async function post(visit: Visit, claim: ActClaim): Promise<Reply | undefined>;
  async function post(visit: Visit, claim?: ActClaim): Promise<Reply | undefined> {
    const { body } = visit;
    const act = body.one('do');
    const isWords = act === 'captcha:words' || (act !== 'captcha:picture' && body.one('captcha.kind') === 'words');
    const form: SignInForm = {
      account: body.one('account').trim().slice(0, 100),
      captchaKind: isWords ? 'words' : 'picture',
      next: body.one('next'),
    };
    if (act.startsWith('captcha:')) return claim ? undefined : renewCaptcha(visit, form);
    const password = body.one('password');
    const captcha = body.one('captcha.answer').trim();
    const errors: PageError[] = [
      ...(form.account === '' ? [{ text: '请填写账号', href: PLACE.account }] : []),
      ...(password === '' ? [{ text: '请填写密码', href: PLACE.password }] : []),
      ...(captcha === '' ? [{ text: '请填写「验证码」', href: PLACE.captcha }] : []),
    ];
    if (errors.length > 0) return claim ? undefined : render(visit, form, { errors }, 422);
    const input = {
      account: form.account,
      password,
      captchaId: body.one('captcha.id'),
      captcha,
      owner: visit.owner,
      device: visit.device,
      token: body.one('_token'),
      requestId: visit.requestId,
    };
    const refuse = (refusal: SignInRefusal): Promise<Reply> => {
      deps.meter.signIn(refusal.kind);
      return render(visit, form, { errors: refusalErrors(refusal) }, 422);
    };
    const outcome = await signIn(deps, input, claim);
    if (outcome === 'repeated') return undefined;
    if (outcome.kind !== 'done') return refuse(outcome);
    const { accountId } = outcome;
    if (outcome.next !== 'none') {
      deps.meter.signIn('done');
      const to = outcome.next === 'ask' ? paths.factor(form.next) : paths.setFactorAtSignIn(form.next);
      return { kind: 'see-other', to, halfSignIn: accountId };
    }
    const { role, write, refused } = outcome.opening;
    const opening: Opening = {
      role,
      async write(opened) {
        const isOpen = await write(opened);
        if (isOpen) deps.meter.signIn('done');
        return isOpen;
      },
      refused: async () => refuse(await refused()),
    };
    return { kind: 'see-other', to: ownAddress(form.next), signIn: accountId, opening };
  }

  return [
    {
      method: 'get',
      path: '/',
      access: 'public',
      audit: null,
      handle: (visit) => Promise.resolve(seeOther(visit.visitor ? paths.home() : paths.signIn())),
    },
    { method: 'get', path: paths.signIn(), access: 'public', audit: null, handle: show },
    { method: 'post', path: paths.signIn(), access: 'public', audit: 'account.sign-in', claiming: post, handle: (visit) => post(visit) },
    {
      method: 'post',
      path: paths.signOut(),
      access: 'home.read',
      audit: 'account.sign-out',
      async handle(visit) {
        await signOut(deps, visit.actor, visit.requestId);
        return { kind: 'see-other', to: `${paths.signIn()}?signed-out=1`, signOut: true };
      },
    },
    {
      method: 'get',
      path: paths.captcha(':captcha'),
      access: 'public',
      audit: null,
      async handle(visit) {
        const png = await findCaptchaPicture(deps.db, visit.param('captcha'), visit.owner);
        return png ? { kind: 'file', body: png, contentType: 'image/png', fileName: 'captcha.png', inline: true } : notFound;
      },
    },
  ];
}
