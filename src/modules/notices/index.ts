export { listNotices, type NoticeLine, type NoticeList } from './notice.read';
export { noticesRoutes } from './notices.routes';
