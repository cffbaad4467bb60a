export { listNotices, type NoticeLine } from './notice.read';
export { noticesRoutes } from './notices.routes';
