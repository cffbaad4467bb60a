import type { Deps } from '../../deps';
import { paths } from '../../http/paths';
import { wholeNumber } from '../../lib/ids';
import { showMoment } from '../../lib/moment';
import { notFound, page, seeOther, type PageMeta, type Reply, type Route, type Visit } from '../../http/route';
import type { Actor } from '../../policy/actor';
import { listOpenBatches } from '../batches';
import { divisionRange, levelText } from '../catalogue';
import { countForBureau } from '../committee';
import { dismissResultNews, findAppealChance, listResultNews, resultWords, type ResultNews } from '../declarations';
import { listNotices } from '../notices';
import { listSittings } from '../meetings';
import { listCorrectionNews, type CorrectionNews } from '../support';
import {
  findBureauFacts,
  findDeskFacts,
  findOfficeFacts,
  findUnitFacts,
  hasPhoto,
  listArrivals,
  listOwnDeclarations,
  listPathlessWork,
  listUpstreamWork,
} from './dashboard.read';
import { nextSteps, waitingAbove } from './next-steps.view';
import {
  adminCards,
  arrivalsChart,
  auditorCards,
  batchesCard,
  bureauCards,
  declarationsCard,
  judgeCard,
  officeCards,
  personAction,
  supportCards,
  unitCards,
  type Card,
} from './dashboard.view';

interface News {
  title: string;
  text: string;
  /** said after the text: whom to call */
  phone?: true;
  next?: { text: string; href: string };
  action: string;
}
interface Home {
  /** what was corrected for the person, and their results, until they put it away */
  news?: News[];
  cards: Card[];
  chart?: ReturnType<typeof arrivalsChart>;
  notice?: PageMeta['notice'];
  mainAction?: { text: string; href: string };
}

const newsOf = (n: CorrectionNews): News => ({
  title: '信息已更正',
  phone: true,
  text:
    n.kind === 'name'
      ? `您的姓名已于 ${showMoment(n.at)} 由「${n.oldName}」更正为「${n.newName}」。如有疑问，请拨打技术支持电话`
      : n.kind === 'mobile'
        ? `您的手机号码已于 ${showMoment(n.at)} 由技术支持更换。如有疑问，请拨打技术支持电话`
        : `您的证件号码已于 ${showMoment(n.at)} 更正，请用更正后的证件号码或者登录名登录。如有疑问，请拨打技术支持电话`,
  action: paths.dismissCorrection(n.id),
});

/** J4: a result in words, and what can be done about it. */
async function resultNews(deps: Deps, n: ResultNews): Promise<News> {
  const chance = await findAppealChance(deps.db, { id: n.declarationId, state: n.state, batch_id: n.batchId });
  const mayAsk = chance !== undefined && !chance.isOver && chance.appeal === undefined;
  return {
    title: `${n.year}年度${n.seriesName}${levelText(n.level)}评审结果`,
    text: resultWords(n, chance),
    ...(n.to === 'certified'
      ? { next: { text: '查看证书', href: paths.certificateStatus(n.declarationId) } }
      : mayAsk
        ? { next: { text: '申请复查', href: paths.recheck(n.declarationId) } }
        : {}),
    action: paths.dismissResult(n.eventId),
  };
}

async function personHome(deps: Deps, actor: Actor): Promise<Home> {
  const [declarations, batches, isPhotoThere, news, results] = await Promise.all([
    listOwnDeclarations(deps.db, actor.accountId),
    listOpenBatches(deps.db, { personId: actor.accountId }),
    hasPhoto(deps.db, actor.accountId),
    listCorrectionNews(deps.db, actor.accountId),
    listResultNews(deps.db, actor.accountId),
  ]);
  return {
    news: [...(await Promise.all(results.map((r) => resultNews(deps, r)))), ...news.map(newsOf)],
    cards: [declarationsCard(declarations, deps.cipher), batchesCard(batches, declarations)],
    mainAction: personAction(declarations),
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
      const { servicePhone } = deps.settings.known();
      const steps = nextSteps(facts, pathless, catalogue, deps.cipher, servicePhone);
      const [first, ...others] = unitCards(facts, servicePhone);
      const cards = [steps, first, ...waitingAbove(upstream, deps.cipher, facts.now), ...others];
      return { cards: cards.filter((c) => c !== undefined) };
    }
    case 'bureau': {
      if (actor.divisionCode === undefined) return { cards: [] };
      const facts = await findBureauFacts(deps.db, divisionRange(actor.divisionCode));
      const cards = bureauCards(facts, await countForBureau(deps.db, actor.divisionCode));
      const text = '本局还没有填写联系电话，填写后单位和评委会办事机构能够看到。';
      return facts.hasPhone ? { cards } : { cards, notice: { kind: 'info', text, href: paths.contact(), linkText: '填写联系电话' } };
    }
    case 'office': {
      const { committeeId } = actor;
      if (committeeId === undefined) return { cards: [] };
      const [facts, arrivals] = await Promise.all([findOfficeFacts(deps.db, committeeId), listArrivals(deps.db, { committeeId })]);
      return { cards: officeCards(facts, deps.settings.known().servicePhone), chart: arrivalsChart(arrivals) };
    }
    case 'judge':
      return { cards: [judgeCard(await listSittings(deps.db, actor.accountId))] };
    case 'support':
      return { cards: supportCards(await findDeskFacts(deps.db, actor.accountId), deps.config.production) };
    case 'admin':
      return { cards: adminCards(await findDeskFacts(deps.db, actor.accountId), deps.config.demo) };
    case 'auditor':
      return { cards: auditorCards(await findDeskFacts(deps.db, actor.accountId)) };
  }
}

/** The home page of each role: what there is to do now. */
export function dashboardRoutes(deps: Deps): Route[] {
  const home = async (visit: Visit): Promise<Reply> => {
    const { actor } = visit;
    const [{ cards, chart, notice, mainAction, news }, notices] = await Promise.all([homeOf(deps, actor), listNotices(deps.db, 5)]);
    return page(
      'dashboard/home',
      { title: '首页', heading: actor.behalf === actor.name ? `${actor.name}，您好` : actor.behalf, ...(notice ? { notice } : {}) },
      { cards, chart, mainAction, notices, news },
    );
  };
  const dismissResult = async (visit: Visit): Promise<Reply> => {
    const id = wholeNumber(visit.param('news'));
    if (id === undefined) return notFound;
    await dismissResultNews(deps.db, visit.actor.accountId, id);
    return seeOther(paths.home());
  };
  return [
    { method: 'get', path: paths.home(), access: 'home.read', audit: null, handle: home },
    // nobody's record but the reader's own note that it was read
    { method: 'post', path: paths.dismissResult(':news'), access: 'profile.edit', audit: null, handle: dismissResult },
  ];
}
