export { guides, type Guide } from './guides';
export { guidesRoutes } from './guides.routes';
export { anchorOf } from './render-guide';
