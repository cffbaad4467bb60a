export { levels, levelOptions, levelText, isLevel, type Level, type LevelName } from './levels';
export { seriesOptions, type Catalogue, type Series, type Title, type Speciality } from './catalogue';
export { loadCatalogue } from './catalogue.read';
export { divisionsRoutes } from './divisions.routes';
export { catalogueRoutes } from './catalogue.routes';
export { createCatalogueCache, type CatalogueCache } from './catalogue-cache';
export { chosenDivision, divisionFields, divisionOptions, divisionParents } from './division-fields';
export {
  listDivisions,
  findDivision,
  findBureauContact,
  findUnitBureau,
  bureauContactText,
  divisionPath,
  divisionRange,
  bureauName,
  type BureauContact,
  type Division,
} from './divisions.read';
