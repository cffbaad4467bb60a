/** What a field's template gets (views/form/fields/<type>.njk). */
export interface ControlModel {
  type:
    | 'text'
    | 'longText'
    | 'yearMonth'
    | 'date'
    | 'integer'
    | 'fraction'
    | 'choice'
    | 'choiceWithOther'
    | 'yesNo'
    | 'unitPicker'
    | 'files'
    | 'password'
    | 'computed';
  id: string;
  name: string;
  label: string;
  hint?: string;
  required: boolean;
  value: string;
  problem?: string;
  width?: 'xs' | 's' | 'm' | 'l' | 'full';
  rows?: number;
  limit?: number;
  count?: number;
  /** so many characters are taken in, and no more: only where something longer finds nothing */
  most?: number;
  items?: { value: string; text: string; selected: boolean }[];
  style?: 'select' | 'radios';
  refreshes?: boolean;
  other?: { id: string; name: string; label: string; value: string; problem?: string };
  picker?: { text: string; detail?: string; searchHref: string };
  files?: { id: string; name: string; href: string; thumbHref?: string; size: string; note?: string; deleteValue: string }[];
  removed?: { name: string; restoreValue: string };
  arrangeValue?: string;
  /** `rules`: id of what is said once for all files of the form */
  upload?: { name: string; accept: string; buttonValue: string; hint: string; rules?: string; max: number };
  inputmode?: string;
  autocomplete?: string;
  readonly?: boolean;
  extra?: string;
  /** worth a second look, bars nothing */
  advice?: string[];
  /** places of a long text, with the words around them */
  marks?: { before: string; found: string; after: string }[];
  /** a computed value with its working; the button takes it over */
  proposal?: { text: string; working: string; buttonValue: string; isTaken: boolean };
}

export interface FormButton {
  value: string;
  text: string;
  kind: 'primary' | 'secondary' | 'warning';
}

export type FormPart =
  | { kind: 'group'; id: string; title?: string; hint?: string; controls: ControlModel[] }
  | {
      kind: 'rows';
      id: string;
      title?: string;
      hint?: string;
      rowLabel: string;
      /** `problem`: what is to be said of the row as a whole */
      rows: { id: string; number: number; problem?: string; controls: ControlModel[] }[];
      canAdd: boolean;
      addLabel: string;
      emptyText: string;
      max?: number;
      /** the row that was just taken out: where it stood, and the button that puts it back */
      removed?: { at: number; number: number; restoreValue: string };
    };

/** One big form: views/form/form.njk renders it. */
export interface FormModel {
  action: string;
  multipart: boolean;
  version?: number;
  token: string;
  parts: FormPart[];
  /** what holds for each file, where the form has several places for files */
  fileRules?: { id: string; text: string };
  buttons: FormButton[];
}
