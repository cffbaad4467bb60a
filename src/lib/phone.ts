/** Telephone numbers of bodies as people write them: 0531-81919792, 0531-81919792转8001, 400-600-1234, 12333. */
const PHONE = /^\d{3,5}(?:-\d{3,8}){0,2}(?:转\d{1,6})?$/;
const MOBILE = /^1[3-9]\d{9}$/;

export const isServicePhone = (text: string): boolean => PHONE.test(text);

/** Where a body is reached: a telephone of its own or somebody's mobile. */
export const isContactPhone = (text: string): boolean => PHONE.test(text) || MOBILE.test(text);
