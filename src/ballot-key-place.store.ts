import type { Handle } from './db/db';

/** At the start of a process: its folder becomes the folder of the installation, unless keys of open rounds lie in another one. */
export async function settleBallotKeyPlace(h: Handle, place: string): Promise<void> {
  await h.raw(
    `INSERT INTO ballot_key_place (place) VALUES (?)
     ON CONFLICT (is_only) DO UPDATE SET place = excluded.place WHERE NOT EXISTS (SELECT 1 FROM ballot_rounds WHERE state = 'open')`,
    [place],
  );
}

/** False when the folder of the installation is another one. */
export async function isBallotKeyPlace(h: Handle, place: string): Promise<boolean> {
  const known = (await h('ballot_key_place').first('place')) as { place: string } | undefined;
  return known === undefined || known.place === place;
}
