import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import type { Cipher } from '../../lib/cipher';
import { showEnd, showMoment, timeLeft } from '../../lib/moment';
import { bureauContactText, levelText, type Catalogue } from '../catalogue';
import type { PathlessWork, UnitFacts, UpstreamWork } from './dashboard.read';
import { bureauOf, sinceText, type Card, type Task } from './dashboard.view';
import { whomToCall, type Contact } from './whom-to-call';

/** From so many days before the end of reporting on, the end is a step of its own. */
const CLOSING_DAYS = 7;

const contactSentence = (c: Contact, cipher: Cipher): string => {
  const words = whomToCall(c, cipher);
  return words === '' ? '' : `。${words}`;
};

function permissionStep(f: UnitFacts, servicePhone: string): Task[] {
  const title = '取得「职称评审」权限';
  const bureau = bureauContactText(bureauOf(f), servicePhone);
  const href = paths.unitPermission();
  const asked = f.invitations > 0 ? `，职工已提醒 ${f.invitations} 次` : '';
  switch (f.permission) {
    case 'granted':
      return [];
    case 'requested':
      return [
        {
          title,
          href,
          hint: `${showMoment(f.permissionSince)} 提交申请，等待审核。长时间没有结果的，请联系${bureau}`,
          status: { text: '等待审核', colour: 'yellow' },
        },
      ];
    case 'refused':
      return [
        {
          title,
          href,
          hint: `${showMoment(f.permissionSince)} 未通过，原因：${f.refusal}。请修改后重新申请，有疑问的请联系${bureau}`,
          status: { text: '请重新申请', colour: 'red' },
        },
      ];
    case 'withdrawn':
      return [
        {
          title,
          href,
          hint: `${showMoment(f.permissionSince)} 被收回，原因：${f.refusal}。需要继续办理职称申报的，请重新申请，有疑问的请联系${bureau}`,
          status: { text: '已收回', colour: 'red' },
        },
      ];
    case 'none':
      return [
        {
          title,
          href,
          hint: `${showMoment(f.registeredAt)} 注册，尚未申请${asked}。请办理「权限申请」，有疑问的请联系${bureau}`,
          status: { text: '请申请', colour: 'orange' },
        },
      ];
  }
}

function pathStep(w: PathlessWork, catalogue: Catalogue, cipher: Cipher, now: Date): Task {
  const title = `上报路径：${w.year}年度 ${catalogue.seriesName(w.seriesId)} ${levelText(w.level)}`;
  const waits =
    w.closesAt === null
      ? ''
      : `。${w.n} 人自 ${showMoment(w.since)} 起等待，上报截止时间 ${showEnd(w.closesAt)}，${timeLeft(now, new Date(w.closesAt))}`;
  const ask = addressOf(paths.newPath(), { 'path.year': String(w.year), 'path.series': String(w.seriesId), 'path.level': w.level });
  const { path } = w;
  if (path?.isCut === true)
    return {
      title,
      href: paths.unitPaths(),
      hint: `上一级单位「${path.upstream}」的「职称评审」权限已被收回，不能向其上报。请终止该路径，向其他上级单位重新申请${waits}`,
      status: { text: '请重新申请', colour: 'red' },
    };
  if (path?.state === 'requested') {
    const contact = { ...path, mobile: path.contactMobile === null ? null : Buffer.from(path.contactMobile, 'hex') };
    return {
      title,
      href: paths.unitPaths(),
      hint: `${showMoment(path.requestedAt)} 提交给${path.upstream}，等待审核${contactSentence(contact, cipher)}${waits}`,
      status: { text: '等待审核', colour: 'yellow' },
    };
  }
  if (path?.state === 'refused')
    return {
      title,
      href: ask,
      hint: `${path.upstream}未通过，原因：${path.reason}。请重新申请${waits}`,
      status: { text: '请重新申请', colour: 'red' },
    };
  return { title, href: ask, hint: `没有路径不能上报，请办理「新增路径」${waits}`, status: { text: '请申请', colour: 'orange' } };
}

const upstreamStep = (w: UpstreamWork, cipher: Cipher, now: Date): Task => ({
  title: w.name,
  href: addressOf(paths.roster(), { show: 'reported' }),
  hint: `${sinceText(w.since, now)}${contactSentence({ ...w, mobile: w.contactMobile }, cipher)}`,
  status: { text: `${w.n} 人` },
});

/** What was reported and waits above: nothing to do but, when it takes long, to call. */
export const waitingAbove = (upstream: readonly UpstreamWork[], cipher: Cipher, now: Date): Card[] =>
  upstream.length > 0 ? [{ title: '已上报，等待上级办理', tasks: upstream.map((w) => upstreamStep(w, cipher, now)), emptyText: '' }] : [];

function closingStep(f: UnitFacts): Task[] {
  if (f.closesAt === null) return [];
  const closesAt = new Date(f.closesAt);
  if (closesAt.getTime() - f.now.getTime() > CLOSING_DAYS * 86_400_000) return [];
  const waiting = f.toReview + f.returned + f.toReport;
  return [
    {
      title: '上报即将截止',
      href: f.toReport > 0 ? paths.report() : paths.review(),
      hint: `截止时间 ${showEnd(closesAt)}，${timeLeft(f.now, closesAt)}。截止后不能上报，请尽快审核并上报`,
      status: { text: `${waiting} 人未上报`, colour: 'red' },
    },
  ];
}

const noPathStep: Task = {
  title: '申请上报路径',
  href: paths.newPath(),
  hint: '本年度还没有上报路径，职工提交的申报将不能上报。请办理「新增路径」',
  status: { text: '请申请', colour: 'orange' },
};

/** Nothing waits for it yet, but a path was asked for in vain: the reason stands beside the path. */
const refusedPathStep: Task = {
  title: '重新申请上报路径',
  href: paths.unitPaths(),
  hint: '本年度的路径申请未通过，职工提交的申报将不能上报。请在「单位路径申请」查看原因，修改后重新办理「新增路径」',
  status: { text: '请重新申请', colour: 'red' },
};

/** P4: what keeps a unit from going on: the next step, since when, and whom to call. Undefined when nothing does. */
export function nextSteps(
  f: UnitFacts,
  pathless: readonly PathlessWork[],
  catalogue: Catalogue,
  cipher: Cipher,
  servicePhone: string,
): Card | undefined {
  const permission = permissionStep(f, servicePhone);
  const hasNoPath = pathless.length === 0 && f.pathsApproved + f.pathsWaiting === 0;
  const tasks = [
    ...permission,
    ...(f.permission === 'granted'
      ? [
          ...closingStep(f),
          ...pathless.map((w) => pathStep(w, catalogue, cipher, f.now)),
          ...(hasNoPath ? [f.pathsRefused > 0 ? refusedPathStep : noPathStep] : []),
        ]
      : []),
  ];
  return tasks.length > 0 ? { title: '下一步', tasks, emptyText: '' } : undefined;
}
