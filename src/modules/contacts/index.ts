export { contactsRoutes } from './contacts.routes';
