import type { Colour } from '../../policy/declaration-moves';
import type { Objection, ObjectionOutcome } from './objections.store';

export const outcomeTexts: Record<ObjectionOutcome, { text: string; colour: Colour; hint: string }> = {
  dismissed: { text: '异议不成立', colour: 'green', hint: '公示继续有效，期满后由人社局确认' },
  upheld: { text: '异议成立，评审结果作废', colour: 'red', hint: '本次申报按评审未通过结束，不能恢复' },
};

export const outcomeTag = (o: Pick<Objection, 'outcome'>): { text: string; colour: Colour } =>
  o.outcome ? outcomeTexts[o.outcome] : { text: '正在核查', colour: 'orange' };
