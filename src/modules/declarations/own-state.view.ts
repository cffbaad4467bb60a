import { showDate, type PlainDate } from '../../lib/dates';
import { showEnd, timeLeft } from '../../lib/moment';
import { states, type Colour, type StateName } from '../../policy/declaration-moves';
import type { AppealState } from './appeals.read';
import { stateText } from './declarations.view';

/** What of a declaration decides the words its applicant reads about it, the same on the home page, in 「我的申报信息」 and on its own page. */
export interface OwnFacts {
  state: StateName;
  stopPosition: number | null;
  /** the applicant's window, with an extension of their own; isOpen: by the database's clock */
  isOpen: boolean;
  closesAt: Date;
  now: Date;
  correctionDueOn: PlainDate | null;
  /** the last request for a recheck of the result */
  appeal: AppealState | null;
  /** of the last certificate; null: there is none */
  isRevoked: boolean | null;
}

const appealTexts: Partial<Record<AppealState, string>> = {
  asked: '已申请复查，等待评委会办事机构答复',
  proposed: '已申请复查，评委会办事机构建议重新评审，等待人社局审核',
  kept: '经复查，维持原评审结果',
  refused: '经复查，维持原评审结果',
};

function advice(f: OwnFacts): string {
  const text = states[f.state].forApplicant;
  switch (f.state) {
    case 'draft':
      return f.isOpen ? text : '尚未提交，目前不在申报时间内';
    case 'unit_review':
      return f.stopPosition === 0 ? text : '单位已上报，等待主管部门审核';
    case 'voted_failed':
      return (f.appeal && appealTexts[f.appeal]) ?? text;
    case 'certified':
      return f.isRevoked === true ? '证书已撤销，原因请查看「证书状态」' : text;
    default:
      return text;
  }
}

/** Until when the applicant can do something about it; '' where there is nothing to do or no end. */
function until(f: OwnFacts): string {
  if (f.state === 'draft' && f.isOpen) return `申报截止时间 ${showEnd(f.closesAt)}，${timeLeft(f.now, f.closesAt)}`;
  return f.state === 'correction' && f.correctionDueOn !== null ? `最后一天是 ${showDate(f.correctionDueOn)}` : '';
}

export interface OwnState {
  /** the tag */
  text: string;
  colour: Colour;
  /** what the applicant is told of it */
  advice: string;
  /** the advice with the day or time until which it can be followed */
  fullAdvice: string;
}

export const ownState = (f: OwnFacts): OwnState => ({
  text: stateText(f.state, f.stopPosition),
  colour: states[f.state].colour,
  advice: advice(f),
  fullAdvice: [advice(f), until(f)].filter((x) => x !== '').join('，'),
});
