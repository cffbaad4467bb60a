const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text out of an address or a form has the shape of a UUID as PostgreSQL writes it. */
export const isUuid = (text: string): boolean => UUID.test(text);

/** A whole number from 1 up, such as an id or a page in an address; undefined when `text` is anything else or longer than `digits`. */
export function wholeNumber(text: string, digits = 15): number | undefined {
  return /^\d+$/.test(text) && text.length <= digits && Number(text) > 0 ? Number(text) : undefined;
}

/** Whether a text has the shape of the number of a row. */
export const isRowId = (text: string): boolean => wholeNumber(text) !== undefined;
