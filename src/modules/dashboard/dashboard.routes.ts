import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import { paths } from '../../http/paths';
import { showMoment } from '../../lib/moment';
import { page, type PageMeta, type Reply, type Route, type Visit } from '../../http/route';
import type { Actor } from '../../policy/actor';
import { listOpenBatches } from '../batches';
import { divisionRange } from '../catalogue';
import { countForBureau } from '../committee';
import { listNotices } from '../notices';
import { listSittings } from '../meetings';
import { countCorrections, listCorrectionNews, type CorrectionNews } from '../support';
import {
  findBureauFacts,
  findOfficeFacts,
  findUnitFacts,
  hasPhoto,
  listArrivals,
  listOwnDeclarations,
  listPathlessWork,
  listUpstreamWork,
} from './dashboard.read';
import { nextSteps } from './next-steps.view';
import {
  arrivalsChart,
  batchesCard,
  bureauCards,
  declarationsCard,
  judgeCard,
  officeCards,
  supportCards,
  unitCards,
  type Card,
} from './dashboard.view';

interface Home {
  /** what was corrected for the person, until they put it away */
  news?: { text: string; action: string }[];
  cards: Card[];
  chart?: ReturnType<typeof arrivalsChart>;
  notice?: PageMeta['notice'];
  mainAction?: { text: string; href: string };
}

const newsOf = (n: CorrectionNews): { text: string; action: string } => ({
  text:
    n.kind === 'name'
      ? `您的姓名已于 ${showMoment(n.at)} 由「${n.oldName}」更正为「${n.newName}」。如有疑问，请拨打技术支持电话`
      : n.kind === 'mobile'
        ? `您的手机号码已于 ${showMoment(n.at)} 由技术支持更换。如有疑问，请拨打技术支持电话`
        : `您的证件号码已于 ${showMoment(n.at)} 更正，请用更正后的证件号码或者登录名登录。如有疑问，请拨打技术支持电话`,
  action: paths.dismissCorrection(n.id),
});

async function personHome(deps: Deps, actor: Actor): Promise<Home> {
  const [{ now }, declarations, batches, isPhotoThere, news] = await Promise.all([
    databaseNow(deps.db),
    listOwnDeclarations(deps.db, actor.accountId),
    listOpenBatches(deps.db, { personId: actor.accountId }),
    hasPhoto(deps.db, actor.accountId),
    listCorrectionNews(deps.db, actor.accountId),
  ]);
  return {
    news: news.map(newsOf),
    cards: [declarationsCard(declarations), batchesCard(batches, declarations, now)],
    mainAction: { text: '新增申报信息', href: paths.newDeclaration() },
    ...(isPhotoThere
      ? {}
      : {
          notice: {
            kind: 'warning',
            text: '您还没有上传证件照，提交申报前须上传。',
            href: paths.profile(),
            linkText: '上传证件照',
          } as const,
        }),
  };
}

async function homeOf(deps: Deps, actor: Actor): Promise<Home> {
  switch (actor.role) {
    case 'person':
      return personHome(deps, actor);
    case 'unit': {
      if (actor.unitId === undefined) return { cards: [] };
      const [facts, pathless, upstream, catalogue] = await Promise.all([
        findUnitFacts(deps.db, actor.unitId),
        listPathlessWork(deps.db, actor.unitId),
        listUpstreamWork(deps.db, actor.unitId),
        deps.catalogue.get(),
      ]);
      if (!facts) return { cards: [] };
      const steps = nextSteps(facts, pathless, upstream, catalogue, deps.cipher);
      return { cards: [...(steps ? [steps] : []), ...unitCards(facts)] };
    }
    case 'bureau':
      return {
        cards:
          actor.divisionCode === undefined
            ? []
            : bureauCards(
                await findBureauFacts(deps.db, divisionRange(actor.divisionCode)),
                await countForBureau(deps.db, actor.divisionCode),
              ),
      };
    case 'office': {
      const { committeeId } = actor;
      if (committeeId === undefined) return { cards: [] };
      const [facts, arrivals] = await Promise.all([findOfficeFacts(deps.db, committeeId), listArrivals(deps.db, { committeeId })]);
      return { cards: officeCards(facts), chart: arrivalsChart(arrivals) };
    }
    case 'judge':
      return { cards: [judgeCard(await listSittings(deps.db, actor.accountId))] };
    case 'support':
      return { cards: supportCards(await countCorrections(deps.db, 'pending')) };
    case 'admin':
      return {
        cards: [
          {
            title: '系统管理',
            tasks: [
              {
                title: '工作人员账号',
                href: paths.staff(),
                hint: '人社局、评委会办事机构、技术支持、系统管理员和审计管理员的账号',
                status: { text: '查看' },
              },
              { title: '申报批次', href: paths.batches(), hint: '申报和上报的时间、要求和个别延期', status: { text: '办理' } },
              { title: '系统设置', href: paths.settings(), hint: '技术支持电话、更正复核、提醒短信和保存期限', status: { text: '设置' } },
              ...(deps.config.demo
                ? [{ title: '演示时钟', href: paths.clock(), hint: '演示时调整系统时间', status: { text: '设置' } }]
                : []),
            ],
            emptyText: '',
          },
        ],
      };
    case 'auditor':
      return {
        cards: [
          {
            title: '审计',
            tasks: [
              {
                title: '操作日志',
                href: paths.audit(),
                hint: '登录、审核、更正、设置等操作的记录，以及日志是否完整',
                status: { text: '查看' },
              },
            ],
            emptyText: '',
          },
        ],
      };
  }
}

/** The home page of each role: what there is to do now. */
export function dashboardRoutes(deps: Deps): Route[] {
  const home = async (visit: Visit): Promise<Reply> => {
    const { actor } = visit;
    const [{ cards, chart, notice, mainAction, news }, notices] = await Promise.all([homeOf(deps, actor), listNotices(deps.db, 5)]);
    return page(
      'dashboard/home',
      { title: '首页', heading: actor.role === 'person' ? `${actor.name}，您好` : actor.behalf, ...(notice ? { notice } : {}) },
      { cards, chart, mainAction, notices, news },
    );
  };
  return [{ method: 'get', path: paths.home(), access: 'home.read', audit: null, handle: home }];
}
