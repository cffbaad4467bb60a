export { levels, levelText, isLevel, type Level, type LevelName } from './levels';
export type { Catalogue, Series, Title, Speciality } from './catalogue';
export { loadCatalogue } from './catalogue.read';
export { createCatalogueCache, type CatalogueCache } from './catalogue-cache';
export { listDivisions, findDivision, divisionPath, divisionRange, bureauName, type Division } from './divisions.read';
