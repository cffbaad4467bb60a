export { printingRoutes } from './printing.routes';
export { renderReviewForm } from './render-review-form';
