import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import type { Cipher } from '../../lib/cipher';
import { showEnd, showMoment, timeLeft } from '../../lib/moment';
import { showDate } from '../../lib/dates';
import { states, type Colour, type StateName } from '../../policy/declaration-moves';
import type { Batch } from '../batches';
import { bureauContactText, bureauName, levelText, type BureauContact } from '../catalogue';
import { declarationName, ownState } from '../declarations';
import { sittingHint, sittingStatus, type Sitting } from '../meetings';
import type { BureauCounts } from '../committee';
import type { Arrivals, BureauFacts, DeskFacts, OfficeFacts, OwnDeclaration, UnitFacts } from './dashboard.read';
import { whomToCall } from './whom-to-call';

/** One line of views/components/task-list.njk. */
export interface Task {
  title: string;
  href?: string;
  hint?: string;
  /** below the hint: since when, whom to call */
  lines?: string[];
  status: { text: string; colour?: Colour };
}
/** One line of views/components/work-list.njk. */
export interface WorkItem {
  title: string;
  href?: string;
  n: number;
  unit: string;
  since?: string;
  blocks?: string;
  /** whom to call, in words */
  contact?: { text: string; phone?: string };
  /** said instead of the number */
  waits?: string;
}
export interface Card {
  title: string;
  tasks: Task[];
  /** what waits, with its numbers; stands in place of the tasks */
  work?: WorkItem[];
  /** said where there are no tasks */
  emptyText: string;
  more?: { text: string; href: string };
}

/** The bureau that decides. */
export const bureauOf = (f: Pick<UnitFacts, 'divisionName' | 'bureauPhone'>): BureauContact => ({
  name: bureauName(f.divisionName),
  phone: f.bureauPhone,
});

const DAY_MS = 86_400_000;
/** Since when the oldest of a queue waits where it is, in words; '' where nothing waits. Not when it came: what was sent back, passed or voted on waits since that act. */
export function sinceText(since: Date | string | null, now: Date): string {
  if (since === null) return '';
  const days = Math.floor((now.getTime() - new Date(since).getTime()) / DAY_MS);
  return `最早的一条自 ${showMoment(since)} 起等待${days > 0 ? `，已有 ${days} 天` : ''}`;
}
/** R7: the days as bars. */
export const arrivalsChart = (arrivals: readonly Arrivals[]): { title: string; unit: string; bars: { label: string; n: number }[] } => ({
  title: `近 ${arrivals.length} 日收到的申报`,
  unit: '人',
  bars: arrivals.map((a) => ({ label: showDate(a.day).replace(/^\d+年/, ''), n: a.n })),
});
const counted = (n: number, unit: string): Task['status'] => ({ text: n > 0 ? `${n} ${unit}` : '无' });

/** Where it lies or who sent it back, since when, and whom to call. */
function deskLines(d: OwnDeclaration, cipher: Cipher): string[] {
  const { final, holder } = states[d.state];
  if (d.desk === null || final) return [];
  const where = holder === 'applicant' ? `${showMoment(d.movedAt)} 由${d.desk}退回` : `自 ${showMoment(d.movedAt)} 起在${d.desk}`;
  return [[where, whomToCall({ ...d, mobile: d.contactMobile }, cipher)].filter((x) => x !== '').join('。')];
}

/** So long after a certificate was issued its owner is taken to have come for it. */
const CERTIFICATE_DAYS = 60;

/** The one thing to do now: what was sent back before what is not finished before a new certificate before something new. */
export function personAction(list: readonly OwnDeclaration[]): { text: string; href: string } {
  const returned = list.find((d) => d.state === 'returned_to_applicant' || d.state === 'correction');
  if (returned) return { text: '修改并重新提交', href: paths.declaration(returned.id) };
  const draft = list.find((d) => d.state === 'draft' && d.isOpen);
  if (draft) return { text: '继续填写', href: paths.declaration(draft.id) };
  const issued = list.find(
    (d) => d.state === 'certified' && d.isRevoked === false && d.now.getTime() - d.movedAt.getTime() < CERTIFICATE_DAYS * DAY_MS,
  );
  if (issued) return { text: '下载证书', href: paths.certificate(issued.id) };
  return { text: '新增申报信息', href: paths.newDeclaration() };
}

export function declarationsCard(list: readonly OwnDeclaration[], cipher: Cipher): Card {
  return {
    title: '我的申报信息',
    tasks: list.map((d) => {
      const { text, colour, fullAdvice } = ownState(d);
      return {
        title: declarationName(d, d.seriesName, levelText(d.level)),
        href: paths.declaration(d.id),
        hint: fullAdvice,
        lines: deskLines(d, cipher),
        status: { text, colour },
      };
    }),
    emptyText: '您还没有申报信息',
    ...(list.length > 0 ? { more: { text: '查看全部申报信息', href: paths.declarations() } } : {}),
  };
}

/** Batches that applicants may use now and the person has no declaration in. */
export function batchesCard(batches: readonly Batch[], own: readonly OwnDeclaration[]): Card {
  return {
    title: '正在接受申报',
    tasks: batches
      .filter((b) => b.isOpenForApplicants && !own.some((d) => d.batchId === b.id))
      .slice(0, 20)
      .map((b) => ({
        title: declarationName(b, b.seriesName, b.levelText),
        href: paths.commitment(b.id),
        hint: `${b.committeeName}，截止时间 ${showEnd(b.applicantClosesAt)}，${timeLeft(b.now, b.applicantClosesAt)}`,
        status: { text: '可以申报', colour: 'green' },
      })),
    emptyText: '目前没有可以申报的项目，请留意通知公告',
  };
}

const permissionTexts: Record<UnitFacts['permission'], { text: string; colour?: Colour }> = {
  none: { text: '尚未申请', colour: 'orange' },
  requested: { text: '审核中', colour: 'yellow' },
  granted: { text: '已取得' },
  refused: { text: '未通过', colour: 'red' },
  withdrawn: { text: '已收回', colour: 'red' },
};

function permissionHint(f: UnitFacts, servicePhone: string): string {
  switch (f.permission) {
    case 'none':
      return '取得权限之前，申报人不能选择本单位，本单位不能审核和上报';
    case 'requested':
      return `由${bureauName(f.divisionName)}审核。请联系该局，${f.bureauPhone === null ? `人社服务电话 ${servicePhone}` : `电话 ${f.bureauPhone}`}`;
    case 'granted':
      return '申报人可以选择本单位';
    case 'refused':
      return `原因：${f.refusal}。请修改后重新申请`;
    case 'withdrawn':
      return `收回原因：${f.refusal}。需要继续办理职称申报的，请重新申请`;
  }
}

function pathStatus(f: UnitFacts): Task['status'] {
  if (f.pathsRefused > 0 && f.pathsApproved + f.pathsWaiting === 0) return { text: '未通过', colour: 'red' };
  if (f.pathsWaiting > 0) return { text: `${f.pathsWaiting} 条待审核`, colour: 'yellow' };
  return f.pathsApproved > 0 ? { text: `${f.pathsApproved} 条已通过` } : { text: '尚未申请', colour: 'orange' };
}

/** Until when the first of what waits with the unit must be reported, and what was missed. */
const reportHint = (f: UnitFacts): string =>
  [
    '审核通过、等待上报的数据',
    ...(f.closesAt === null ? [] : [`上报截止时间 ${showEnd(f.closesAt)}，${timeLeft(f.now, new Date(f.closesAt))}`]),
    ...(f.missedAt === null ? [] : [`有数据的上报截止时间 ${showEnd(f.missedAt)} 已过，确需延期的，请联系评委会办事机构`]),
  ].join('。');

/** What has to be there before anything can be reported, and what waits: first what the unit can do now. */
export function unitCards(f: UnitFacts, servicePhone: string): Card[] {
  const isPermitted = f.permission === 'granted';
  const link = (href: string) => (isPermitted ? { href } : {});
  const path = isPermitted ? pathStatus(f) : { text: '取得权限后办理' };
  const preparation: Card = {
    title: '申报准备',
    tasks: [
      {
        title: '「职称评审」权限申请',
        href: paths.unitPermission(),
        hint: permissionHint(f, servicePhone),
        status: permissionTexts[f.permission],
      },
      {
        title: '单位路径申请',
        ...link(paths.unitPaths()),
        hint: '每个系列、级别的数据都要有上一级审核通过的路径才能上报',
        status: path,
      },
    ],
    emptyText: '',
  };
  const closed = isPermitted ? {} : { waits: '取得权限后办理' };
  /** the list of just those that are counted here, so that both numbers agree */
  const only = (state: 'unit_review' | 'returned_here', n: number): string =>
    n > 0 ? addressOf(paths.review(), { state }) : paths.review();
  const work: Card = {
    title: '待办事项',
    tasks: [],
    work: [
      {
        title: '职称申报数据审核',
        ...link(only('unit_review', f.toReview)),
        n: f.toReview,
        unit: '人待审核',
        since: sinceText(f.reviewSince, f.now),
        blocks: '申报人提交和下级单位上报、等待本单位审核的数据',
        ...closed,
      },
      {
        title: '上级单位退回',
        ...link(only('returned_here', f.returned)),
        n: f.returned,
        unit: '人待处理',
        since: sinceText(f.returnedSince, f.now),
        blocks: '请处理后重新上报',
        ...closed,
      },
      {
        title: '职称申报数据上报',
        ...link(paths.report()),
        n: f.toReport,
        unit: '人待上报',
        since: sinceText(f.reportSince, f.now),
        blocks:
          f.toReport > 0 && f.pathsApproved === 0
            ? '还没有审核通过的路径，请先办理「单位路径申请」'
            : `${f.isPublicityDue ? '有人员尚未公示，请先办理「单位公示」，公示期满后才能上报。' : ''}${reportHint(f)}`,
        ...closed,
      },
      {
        title: '路径审核',
        ...link(paths.pathReview()),
        n: f.pathRequests,
        unit: '条待审核',
        since: sinceText(f.pathSince, f.now),
        blocks: '下级单位提出的路径申请',
        ...closed,
      },
    ],
    emptyText: '',
  };
  const isReady = isPermitted && path.colour === undefined;
  return isReady ? [work, preparation] : [preparation, work];
}

export function bureauCards(f: BureauFacts, asked: BureauCounts): Card[] {
  return [
    {
      title: '待办事项',
      tasks: [],
      work: [
        {
          title: '单位权限审核',
          href: paths.permissions(),
          n: f.permissionsWaiting,
          unit: '个待审核',
          since: sinceText(f.oldestRequest, f.now),
          blocks: '本辖区单位的「职称评审」权限申请',
        },
        ...(f.held > 0
          ? [
              {
                title: '退回申报',
                href: addressOf(paths.bureauUnits(), { show: 'held' }),
                n: f.held,
                unit: '份待退回',
                since: `最早的一个单位自 ${showMoment(f.heldSince)} 起没有权限`,
                blocks: `仍在 ${f.heldUnits} 个权限已被收回的单位，单位不能处理，请退回申报人或者下级单位`,
              },
            ]
          : []),
        {
          title: '评委会审核',
          href: paths.committeeReview(),
          n: asked.committees,
          unit: '项待审核',
          since: sinceText(asked.committeesSince, f.now),
          blocks: '组建评审委员会和换届的申请',
        },
        {
          title: '评审计划审核',
          href: paths.planReview(),
          n: asked.plans,
          unit: '项待审核',
          since: sinceText(asked.plansSince, f.now),
          blocks: '评委会办事机构提交的评审计划',
        },
        {
          title: '评审结果确认',
          href: f.resultsReady > 0 ? addressOf(paths.results(), { state: 'publicity_over' }) : paths.results(),
          n: f.resultsReady,
          unit: '人待确认',
          since: f.resultsSince === null ? '' : `最早的公示期至 ${showDate(f.resultsSince)} 已满`,
          blocks: f.resultsInPublicity > 0 ? `另有 ${f.resultsInPublicity} 人正在公示` : '公示期满、等待确认的评审结果',
        },
        {
          title: '复查申请',
          href: paths.rechecks(),
          n: f.appeals,
          unit: '件待审核',
          since: sinceText(f.appealSince, f.now),
          blocks: '评委会办事机构建议重新评审的复查申请',
        },
      ],
      emptyText: '',
    },
  ];
}

/** Those that do not wait for the office, in the order of the work. */
const restStates: readonly StateName[] = ['correction', 'publicity', 'certified', 'voted_failed', 'refused'];
const officeHints: Partial<Record<StateName, string>> = {
  office_review: '请审查材料，予以受理、退回补正或者不予受理',
  accepted: '请列入评审会议；没有在线投票的，会议结束后登记表决结果',
  voted_passed: '请安排公示',
  correction: '等待申报人补正',
  publicity: '公示期满后由人社局确认',
};

const meetingSteps: Record<OfficeFacts['meetings'][number]['state'], string> = {
  planned: '评审计划已经核准，请建立评审会议',
  drawing: '正在准备，请选择评审的申报、抽取评委，然后开始评议',
  reviewing: '正在评议，评委签到、评分并填写评议意见之后，请开始投票',
  voting: '正在投票，评委投票之后，请计票',
  counted: '',
  cancelled: '',
};
/** J3: the next meeting, and what is to be done for it. */
function meetingWork({ meetings }: OfficeFacts): WorkItem {
  const [next] = meetings;
  return {
    title: '评审会议',
    href:
      next === undefined || meetings.length > 1
        ? paths.meetings()
        : next.state === 'planned'
          ? paths.plan(next.id)
          : paths.meeting(next.id),
    n: meetings.length,
    unit: '场待召开',
    since: next === undefined ? '' : `${meetings.length > 1 ? '最近一场' : '会议日期'} ${showDate(next.meetsOn)}`,
    blocks: next === undefined ? '评审计划核准之后建立、尚未计票的评审会议' : meetingSteps[next.state],
  };
}

export function officeCards(f: OfficeFacts, servicePhone: string): Card[] {
  const countOf = (state: StateName): number => f.counts.find((c) => c.state === state)?.n ?? 0;
  const hrefOf = (state: StateName): string => `${paths.office()}?state=${state}`;
  const workOf = (state: StateName): WorkItem => ({
    title: states[state].text,
    href: hrefOf(state),
    n: countOf(state),
    unit: '人',
    since: sinceText(f.counts.find((c) => c.state === state)?.since ?? null, f.now),
    blocks: officeHints[state] ?? '',
  });
  const taskOf = (state: StateName): Task => {
    const hint = officeHints[state];
    return {
      title: states[state].text,
      href: hrefOf(state),
      ...(hint === undefined ? {} : { hint }),
      ...(state === 'publicity' && countOf(state) > 0 ? { lines: [`确认事宜请联系${bureauContactText(bureauOf(f), servicePhone)}`] } : {}),
      status: counted(countOf(state), '人'),
    };
  };
  return [
    {
      title: '待办事项',
      tasks: [],
      work: [
        workOf('office_review'),
        workOf('accepted'),
        meetingWork(f),
        workOf('voted_passed'),
        {
          title: '评委会路径审核',
          href: paths.pathReview(),
          n: f.pathRequests,
          unit: '条待审核',
          since: sinceText(f.pathSince, f.now),
          blocks: '单位提出的路径申请',
        },
        {
          title: '公示异议',
          href: paths.resultObjections(),
          n: f.objections,
          unit: '件待处理',
          since: sinceText(f.objectionSince, f.now),
          blocks: '处理完毕之前，人社局不能确认评审结果',
        },
        {
          title: '复查申请',
          href: paths.rechecks(),
          n: f.appeals,
          unit: '件待答复',
          since: sinceText(f.appealSince, f.now),
          blocks: '评审未通过的申报人提出的复查申请',
        },
      ],
      emptyText: '',
    },
    { title: '其他状态', tasks: restStates.map(taskOf), emptyText: '' },
  ];
}

/** A judge's meetings: what there is to do in each. */
export const judgeCard = (sittings: readonly Sitting[]): Card => ({
  title: '我的评审',
  tasks: sittings.map((s) => ({
    title: `${s.committeeName}\u3000${showDate(s.meetsOn)}`,
    href: paths.sitting(s.meetingId),
    hint: sittingHint(s),
    lines:
      s.state === 'counted' ? [] : [`${showDate(s.meetsOn)}，${s.place}`, ...(s.phone === '' ? [] : [`评委会办事机构联系电话 ${s.phone}`])],
    status: sittingStatus(s),
  })),
  emptyText: '目前没有您参加的评审会议',
});

const asksDoing = { text: '办理' };

function deskWork(f: DeskFacts, role: 'support' | 'admin'): WorkItem[] {
  return [
    ...(role === 'support'
      ? [
          {
            title: '更正复核',
            href: paths.corrections(),
            n: f.corrections,
            unit: '项待复核',
            since: sinceText(f.correctionsSince, f.now),
            blocks: '其他技术支持人员提出、等待复核的更正',
          },
        ]
      : []),
    {
      title: '解除二次验证',
      href: paths.factorResets(),
      n: f.factorResets,
      unit: '项待复核',
      since: sinceText(f.factorResetsSince, f.now),
      blocks: '须由提出人以外的第二人复核',
    },
  ];
}

/** What technical support does; what waits for its second person first. Short messages are kept for reading outside production only. */
export const supportCards = (f: DeskFacts, isProduction: boolean): Card[] => [
  { title: '待办事项', tasks: [], work: deskWork(f, 'support'), emptyText: '' },
  {
    title: '日常办理',
    tasks: [
      { title: '账号查询', href: paths.findAccounts(), hint: '查找账号，解除锁定，更正姓名、证件号码和手机号码', status: asksDoing },
      ...(isProduction ? [] : [{ title: '短信记录', href: paths.smsLog(), hint: '没有连接短信通道时，短信保存在这里', status: asksDoing }]),
      { title: '常见问题维护', href: paths.editFaqs(), hint: '申报人和单位常问的问题及答复', status: asksDoing },
      { title: '通知公告维护', href: paths.editNotices(), hint: '登录页和各首页显示的通知', status: asksDoing },
    ],
    emptyText: '',
  },
];

/** What an administrator has to renew before others are stopped by it, and what can be set. */
export const adminCards = (f: DeskFacts, isDemo: boolean): Card[] => [
  {
    title: '待办事项',
    tasks: [
      {
        title: '申报批次',
        href: paths.batches(),
        hint:
          f.firstCloses === null
            ? '目前没有正在进行的批次，请按年度建立'
            : `${f.openBatches} 个批次正在进行，最早的上报截止时间 ${showEnd(f.firstCloses)}，${timeLeft(f.now, f.firstCloses)}`,
        status: f.openBatches > 0 ? { text: `${f.openBatches} 个进行中`, colour: 'green' } : { text: '请建立', colour: 'orange' },
      },
      {
        title: '工作日历',
        href: paths.calendar(),
        hint: f.calendarIsShort
          ? `日历只维护到 ${showDate(f.calendarUntil)}，之后的公示和补正期限无法计算，请尽快维护`
          : `日历已维护到 ${showDate(f.calendarUntil)}，公示和补正期限据此计算`,
        status: f.calendarIsShort ? { text: '请维护', colour: 'red' } : { text: '已维护' },
      },
    ],
    emptyText: '',
  },
  { title: '复核', tasks: [], work: deskWork(f, 'admin'), emptyText: '' },
  {
    title: '系统管理',
    tasks: [
      {
        title: '工作人员账号',
        href: paths.staff(),
        hint: '人社局、评委会办事机构、技术支持、系统管理员和审计管理员的账号',
        status: asksDoing,
      },
      { title: '职称目录', href: paths.catalogue(), hint: '职称系列、级别、专业和职称名称', status: asksDoing },
      { title: '行政区划', href: paths.divisions(), hint: '省、市、县（市、区）的名称和代码', status: asksDoing },
      { title: '申报条件', href: paths.eligibility(), hint: '学历、资历等条件的规则和试算', status: asksDoing },
      { title: '证书编号规则', href: paths.certificateSchemes(), hint: '电子证书编号的组成', status: asksDoing },
      { title: '系统设置', href: paths.settings(), hint: '联系电话、更正复核、提醒短信和保存期限', status: asksDoing },
      ...(isDemo ? [{ title: '演示时钟', href: paths.clock(), hint: '演示时调整系统时间', status: asksDoing }] : []),
    ],
    emptyText: '',
  },
];

export const auditorCards = (f: DeskFacts): Card[] => [
  {
    title: '待办事项',
    tasks: [
      {
        title: '操作日志',
        href: paths.audit(),
        hint: f.newestRecord === null ? '还没有记录' : `最近一条记录于 ${showMoment(f.newestRecord)}。请定期核对日志是否完整`,
        lines: f.unsealed > 0 ? [`${f.unsealed >= 1000 ? '1000 条以上' : `${f.unsealed} 条`}新记录等待加入验证链，每分钟处理一次`] : [],
        status: { text: '查看' },
      },
    ],
    emptyText: '',
  },
];
