import type { Request, Response } from 'express';
import { keepPreference, readPreference } from './preference-cookie';

const NAME = 'type';

/** Whether this browser has asked for large type (适老化). */
export const hasLargeType = (req: Request): boolean => readPreference(req, NAME) === 'large';

/** Remembers the choice in this browser. */
export const keepType = (req: Request, res: Response, isLarge: boolean): void =>
  keepPreference(req, res, NAME, isLarge ? 'large' : undefined);
