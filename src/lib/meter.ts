/** What the program tells about itself while it works, for the metrics; never anything about a person. */
export interface Meter {
  /** a try to sign in has ended so: done, wrong, locked, captcha-wrong, captcha-gone */
  signIn: (outcome: string) => void;
}

/** For tests and commands that nobody watches. */
export const noMeter: Meter = { signIn: () => undefined };
