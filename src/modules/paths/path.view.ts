import { showMoment } from '../../lib/moment';
import type { Cipher } from '../../lib/cipher';
import { levelText, type Catalogue } from '../catalogue';
import type { ChainStep, PathRow } from './path.read';
import type { PathState } from './path.store';

export const pathTags: Record<PathState, { text: string; colour: string }> = {
  requested: { text: '待审核', colour: 'blue' },
  approved: { text: '已通过', colour: 'green' },
  refused: { text: '未通过', colour: 'red' },
  ended: { text: '已终止', colour: 'grey' },
};

const CUT = '「职称评审」权限已被收回';
const cutTag = { text: '上级权限已收回', colour: 'red' };

interface Stop {
  name: string;
  note?: string;
  state: 'done' | 'now' | 'todo' | 'stuck';
}

/** P3: the chain component's stops, from the unit up. Ends with what is missing when it does not reach a committee yet. */
export function chainStops(ownName: string, steps: readonly ChainStep[]): Stop[] {
  if (steps.length === 0) return [];
  const stops: Stop[] = [{ name: ownName, note: '申请单位', state: 'done' }];
  for (const s of steps)
    stops.push(
      s.isCut
        ? { name: s.name, note: CUT, state: 'stuck' }
        : s.state === 'approved'
          ? { name: s.name, note: '路径已通过', state: 'done' }
          : { name: s.name, note: s.isCommittee ? '等待评委会办事机构审核' : '等待该单位审核', state: 'now' },
    );
  const last = steps.at(-1);
  if (last && !last.isCommittee && !last.isCut)
    stops.push({ name: '评审委员会', note: `${last.name}尚未申请本系列、本级别的路径`, state: 'stuck' });
  return stops;
}

/** 「2026年度 群众文化 初级职称」 */
export function pathTitle(p: { year: number; seriesId: number; level: string }, catalogue: Catalogue): string {
  return `${p.year}年度 ${catalogue.seriesName(p.seriesId)} ${levelText(p.level)}`;
}

/** P2: whom to telephone about a path. '' when nobody left a number. */
export function contactOf(p: PathRow, cipher: Cipher): string {
  if (p.contactName !== null && p.contactMobile !== null) return `${p.contactName}，${cipher.decrypt(p.contactMobile, 'unit.mobile')}`;
  return p.committeePhone ?? '';
}

export interface PathCard {
  id: number;
  title: string;
  tag: { text: string; colour: string };
  rows: { label: string; text: string }[];
  chain: Stop[];
  isLive: boolean;
}

export function pathCard(p: PathRow, steps: readonly ChainStep[], catalogue: Catalogue, cipher: Cipher): PathCard {
  const contact = p.state === 'ended' ? '' : contactOf(p, cipher);
  return {
    id: p.id,
    title: pathTitle(p, catalogue),
    tag: p.isCut ? cutTag : pathTags[p.state],
    rows: [
      ...(p.isCut ? [{ label: '需要办理', text: `上一级单位的${CUT}，不能按此路径上报。请终止该路径，向其他上级单位重新申请` }] : []),
      { label: p.committeeId === null ? '上一级单位' : '评审委员会', text: p.upstreamName },
      ...(p.state === 'ended' ? [] : [{ label: '联系人及电话', text: contact || '没有登记，请见当年职称申报通知' }]),
      { label: '申请时间', text: showMoment(p.requestedAt) },
      ...(p.decidedAt ? [{ label: '审核时间', text: showMoment(p.decidedAt) }] : []),
      ...(p.reason ? [{ label: '未通过的原因', text: p.reason }] : []),
    ],
    chain: chainStops(p.unitName, steps),
    isLive: p.state === 'requested' || p.state === 'approved',
  };
}
