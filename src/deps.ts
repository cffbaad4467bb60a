import type { Logger } from 'pino';
import type { LearningPlatform } from './adapters/continuing-education';
import type { BallotKeys } from './adapters/ballot-keys';
import type { SmsSender } from './adapters/sms';
import type { FileInspector } from './adapters/files/inspect-file';
import type { PdfPages } from './adapters/files/pdf-pages';
import type { VirusScanner } from './adapters/scanning';
import type { BlobStorage } from './adapters/storage/storage';
import type { Printer } from './adapters/printing';
import type { PdfSigner } from './adapters/signing';
import type { Config } from './config';
import type { Db } from './db/db';
import type { Renderer } from './http/render';
import type { Jobs } from './jobs/jobs';
import type { Cipher } from './lib/cipher';
import type { Meter } from './lib/meter';
import type { CatalogueCache } from './modules/catalogue';
import type { SettingsCache } from './modules/settings';

/** What the modules are given by the composition root. */
export interface Deps {
  config: Config;
  db: Db;
  cipher: Cipher;
  catalogue: CatalogueCache;
  /** what the administrator has set */
  settings: SettingsCache;
  storage: BlobStorage;
  /** undefined: no scanner is connected */
  scanner: VirusScanner | undefined;
  inspector: FileInspector;
  pdfPages: PdfPages;
  printer: Printer;
  /** signs certificates; undefined: no key is configured and none can be issued (J5) */
  signer: PdfSigner | undefined;
  sms: SmsSender;
  /** undefined: no platform of continuing education is connected, bureaus import the hours */
  learning: LearningPlatform | undefined;
  renderer: Renderer;
  jobs: Jobs;
  /** keys of secret ballots, outside the database */
  ballotKeys: BallotKeys;
  /** counts what happens, for the metrics */
  meter: Meter;
  log: Logger;
}
