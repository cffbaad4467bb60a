import type { Trx } from '../../src/db/db';

type Act = () => Promise<void>;
interface Step {
  daysAgo: number;
  time: string;
  act: Act;
}

/**
 * What happened when, in the demonstration's past. Acts run in the order of their time, each with the database's clock set to it, so that records and
 * histories read as if people had worked through the weeks. An act may add later ones.
 */
export interface Plan {
  /** so many days before today, at a time of day in Beijing such as `09:30`; on a weekend the Friday before, so times are those of a working day */
  add: (daysAgo: number, time: string, act: Act) => void;
  run: () => Promise<void>;
}

// Inside one transaction now() stands still: the shift alone says what time it is, nobody else sees it, and no step comes before the one before it.
const SET = `
  WITH wanted AS (SELECT app_now() AS last, (now() AT TIME ZONE 'Asia/Shanghai')::date - ?::int AS day),
  working AS (SELECT last, day - greatest(0, extract(isodow FROM day)::int - 5) AS day FROM wanted),
  moment AS (SELECT least(now(), greatest(last + interval '4 minutes', (day + ?::time) AT TIME ZONE 'Asia/Shanghai')) AS at FROM working)
  UPDATE clock SET shift = moment.at - now() FROM moment`;

const isBefore = (a: Step, b: Step): boolean => a.daysAgo > b.daysAgo || (a.daysAgo === b.daysAgo && a.time < b.time);

export function createPlan(trx: Trx): Plan {
  const steps: Step[] = [];
  return {
    add(daysAgo, time, act) {
      const step = { daysAgo, time, act };
      const at = steps.findIndex((s) => isBefore(step, s));
      steps.splice(at < 0 ? steps.length : at, 0, step);
    },
    async run() {
      await trx.raw("UPDATE clock SET shift = interval '-100 days'");
      for (let step = steps.shift(); step; step = steps.shift()) {
        await trx.raw(SET, [step.daysAgo, step.time]);
        await step.act();
      }
      await trx.raw("UPDATE clock SET shift = '0'");
    },
  };
}
