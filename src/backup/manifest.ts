import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What one backup holds. Hashes are of the plain content, before compressing and encrypting. */
export const manifestShape = z.object({
  format: z.literal(1),
  madeAt: z.iso.datetime(),
  server: z.string(),
  migrations: z.array(z.string()),
  tables: z.array(
    z.object({
      schema: z.string(),
      name: z.string(),
      columns: z.array(z.string()),
      file: z.string(),
      rows: z.number().int().min(0),
      sha256,
    }),
  ),
  sequences: z.array(z.object({ schema: z.string(), name: z.string(), lastValue: z.string().optional() })),
  /** one line `sha256 bytes` for each stored content, sorted as the store lists them */
  contents: z.object({ file: z.string(), count: z.number().int(), bytes: z.number(), sha256 }),
  /** contents that the store itself could not give whole */
  damaged: z.array(sha256),
  /** tells at once whether a secrets file is the one that this data was written with */
  keys: z.object({ box: z.string(), index: z.string() }),
});
export type Manifest = z.infer<typeof manifestShape>;

export const MANIFEST = 'manifest.json';
export const CONTENTS = 'contents';
/** The folder beside the backups that holds stored contents; each is written once, however many backups name it. */
export const POOL = 'contents';
export const poolPath = (sha256: string): string[] => [sha256.slice(0, 2), sha256.slice(2, 4), sha256];
export const KEY_PROBE = 'backup';
