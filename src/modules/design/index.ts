export { designRoutes } from './design.routes';
