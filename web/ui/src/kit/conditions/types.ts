// Conditions as the API writes them, and the table of fields and operators that it offers (…/definitions).
export type Value = string | string[] | null;
export interface Condition { field: string; operator: string; value: Value }
export interface Conditions { all: Condition[]; any: Condition[] }
export interface Choice { value: string; title: string; enabled?: boolean }
export interface Operator { value: string; title: string; terminal: boolean } // terminal: takes no value
export interface FieldRow { subject: string; title: string; type: string; group: string; nullable: boolean; operators?: Operator[]; values?: Choice[] }
export interface Definitions { conditions_all: FieldRow[]; conditions_any: FieldRow[]; actions: FieldRow[]; columns: ViewColumn[] }
export interface ViewColumn { id: string; title: string; sortable: boolean; groupable: boolean }

// What is wrong with each place of the body: "conditions.all[0].value".
export type Problems = ReadonlyMap<string, string>;
