import { Admission, type Guest, type Lane } from '../../../src/http/admission';

/** A door whose clock stands still until it is told to go on, and what it has done with everybody. */
function door(limits: { active: number; waiting: number; uploads?: number }) {
  let now = 0;
  const said: string[] = [];
  const admission = new Admission({ uploads: 1, ...limits, patience: { page: 5000, save: 20_000 } }, () => now);
  const come = (name: string, lane: Lane = 'page', rank?: number): Guest => {
    const guest: Guest = {
      lane,
      ...(rank === undefined ? {} : { rank: () => rank }),
      enter: () => void said.push(`${name} in`),
      refuse: () => void said.push(`${name} away`),
    };
    admission.receive(guest);
    return guest;
  };
  return {
    admission,
    come,
    pass: (ms: number): void => {
      now += ms;
      admission.sweep();
    },
    said: (): string[] => said.splice(0),
  };
}

describe('F20 the door', () => {
  test('in order while there is no crowd; who comes to a full line is turned away at once', () => {
    const { come, admission, said } = door({ active: 1, waiting: 2 });
    const [a, b] = [come('a'), come('b')];
    come('c');
    come('d');
    expect(said()).toEqual(['a in', 'd away']);
    admission.leave(a);
    admission.leave(b);
    expect(said()).toEqual(['b in', 'c in']);
    expect(admission.turnedAway).toEqual({ page: 1, save: 0, upload: 0 });
  });

  test('who has the lower rank goes first, and in a full line the last makes room for them', () => {
    const { come, admission, said, pass } = door({ active: 1, waiting: 3 });
    const first = come('a', 'page', 100);
    come('b', 'page', 101);
    come('c', 'page', 102);
    come('old', 'page', 50);
    come('d', 'page', 103);
    expect(said()).toEqual(['a in', 'd away']);
    come('older', 'page', 40);
    come('equal', 'page', 101);
    expect(said()).toEqual(['c away', 'equal away']);
    expect(admission.waiting('page')).toBe(3);
    admission.leave(first);
    expect(said()).toEqual(['older in']);
    pass(5000);
    expect(said()).toEqual(['old away', 'b away']);
    expect(admission.waiting('page')).toBe(0);
  });

  test('S43 whose answer is ready gives up the place to the next, as long as not too much waits for its readers', () => {
    const { come, admission, said } = door({ active: 1, waiting: 9 });
    const slow = [come('a'), come('b'), come('c')];
    const MB = 1024 * 1024;
    admission.stepAside(slow[0] as Guest, 40 * MB);
    expect(said()).toEqual(['a in', 'b in']);
    admission.stepAside(slow[0] as Guest, 40 * MB); // said twice
    admission.stepAside(slow[2] as Guest, MB); // not even inside
    admission.stepAside(slow[1] as Guest, 40 * MB); // too much
    expect([said(), admission.active]).toEqual([[], 1]);
    admission.leave(slow[0] as Guest);
    admission.stepAside(slow[1] as Guest, 40 * MB);
    expect(said()).toEqual(['c in']);
    for (const guest of slow) admission.leave(guest);
    expect(admission.active).toBe(0);
    // nothing is left over of what they held
    const last = come('d');
    admission.stepAside(last, 64 * MB);
    expect([said(), admission.active]).toEqual([['d in'], 0]);
  });

  test('who has waited too long is turned away; saves have more patience', () => {
    const { come, admission, said, pass } = door({ active: 1, waiting: 9 });
    const a = come('a');
    come('b');
    const s = come('s', 'save');
    pass(3000);
    come('c');
    pass(2000);
    expect(said()).toEqual(['a in', 'b away']);
    admission.leave(a);
    admission.leave(s);
    expect(said()).toEqual(['s in', 'c in']);
  });

  test('a gust is worked off in order; in a crowd that stays, who waits is let in within a second or so, and whoever would not be is told at once', () => {
    let now = 0;
    const limits = { active: 1, waiting: 40, uploads: 1, patience: { page: 5000, save: 20_000 } };
    const admission = new Admission(limits, () => now);
    const inside: Guest[] = [];
    const waits: { came: number; in?: number; away?: number }[] = [];
    const come = (): void => {
      const wait: (typeof waits)[number] = { came: now };
      waits.push(wait);
      const guest: Guest = {
        lane: 'page',
        enter: () => {
          wait.in = now - wait.came;
          inside.push(guest);
        },
        refuse: () => (wait.away = now - wait.came),
      };
      admission.receive(guest);
    };
    // ten a second can be served, a hundred come
    const crowd = (until: number): void => {
      for (; now < until; now += 10) {
        come();
        if (now % 100 !== 0) continue;
        admission.sweep();
        const [done] = inside.splice(0, 1);
        if (done) admission.leave(done);
      }
    };
    crowd(20_000);
    const longest = (list: typeof waits): number => Math.max(...list.map((w) => w.in ?? 0));
    const [gust, later] = [waits.filter((w) => w.came < 5000), waits.filter((w) => w.came >= 9000)];
    expect(longest(gust)).toBeGreaterThan(3000);
    expect(longest(later)).toBeLessThanOrEqual(1200);
    expect(waits.filter((w) => (w.away ?? 0) > 0)).toEqual([]);
    expect(later.filter((w) => w.in !== undefined).length).toBeGreaterThanOrEqual(100);
    const entered = waits.filter((w) => w.in !== undefined).map((w) => w.came);
    expect(entered).toEqual([...entered].sort((x, y) => x - y));

    // when it is over, a gust is let wait again
    for (; inside.length > 0; now += 100) admission.leave(inside.shift() as Guest);
    expect(admission.waiting('page')).toBe(0);
    const before = waits.length;
    for (let n = 0; n < 41; n++) come();
    expect(waits.slice(before).filter((w) => w.away !== undefined)).toEqual([]);
  });

  test('of many saves every fifth place is a page’s', () => {
    const { come, admission, said } = door({ active: 1, waiting: 20 });
    const line = [come('a'), ...Array.from({ length: 10 }, (_, i) => come(`s${i}`, 'save'))];
    const page = come('p');
    line.splice(5, 0, page);
    for (const guest of line.slice(0, 7)) admission.leave(guest);
    expect(said().slice(1, 8)).toEqual(['s0 in', 's1 in', 's2 in', 's3 in', 'p in', 's4 in', 's5 in']);
  });

  test('who leaves while waiting is never called, who leaves twice frees one place, and nobody is both let in and turned away', () => {
    const { come, admission, said, pass } = door({ active: 2, waiting: 3 });
    const a = come('a');
    come('b');
    const c = come('c');
    admission.leave(c);
    admission.leave(a);
    admission.leave(a);
    expect(admission.active).toBe(1);
    come('d');
    come('e');
    pass(10_000);
    expect(said()).toEqual(['a in', 'b in', 'd in', 'e away']);
    expect(admission.waiting('page')).toBe(0);
  });

  test('uploads have places of their own', () => {
    const { come, admission, said } = door({ active: 1, waiting: 0 });
    come('a');
    const u = come('u', 'upload');
    come('v', 'upload');
    admission.leave(u);
    come('w', 'upload');
    expect(said()).toEqual(['a in', 'u in', 'v away', 'w in']);
  });
});
