export { type Settings } from './definitions';
export { createSettingsCache, type SettingsCache } from './settings-cache';
export { settingsRoutes } from './settings.routes';
