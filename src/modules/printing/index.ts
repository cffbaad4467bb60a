export { makeFormsZip } from './make-forms-zip';
export { printingRoutes } from './printing.routes';
export { renderReviewForm } from './render-review-form';
