import { Admission, type Guest, type Lane } from '../../../src/http/admission';

/** A door whose clock stands still until it is told to go on, and what it has done with everybody. */
function door(limits: { active: number; waiting: number; uploads?: number }) {
  let now = 0;
  const said: string[] = [];
  const admission = new Admission({ uploads: 1, ...limits, patience: { page: 5000, save: 20_000 } }, () => now);
  const come = (name: string, lane: Lane = 'page'): Guest => {
    const guest: Guest = { lane, enter: () => void said.push(`${name} in`), refuse: () => void said.push(`${name} away`) };
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

  test('in a crowd the newest page goes first, and who has waited too long is turned away; saves keep their order', () => {
    const { come, admission, said, pass } = door({ active: 1, waiting: 9 });
    let inside = come('a');
    const [, , s1, s2] = [come('old'), come('older than c'), come('s1', 'save'), come('s2', 'save')];
    pass(1500);
    const c = come('c');
    said();
    for (const next of [s1, s2, c]) {
      admission.leave(inside);
      inside = next;
    }
    expect(said()).toEqual(['s1 in', 's2 in', 'c in']);
    pass(3500);
    expect(said()).toEqual(['old away', 'older than c away']);
    admission.leave(inside);
    expect(admission.active).toBe(0);
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
