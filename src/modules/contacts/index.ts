export { contactsRoutes } from './contacts.routes';
export { bureausRoutes } from './bureaus.routes';
