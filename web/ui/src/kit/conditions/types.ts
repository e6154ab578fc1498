// Conditions as the API writes them, and the table of fields and operators that it offers (…/definitions).
import type { Schema } from '@/api/schema';

export type Value = string | string[] | null;
export interface Condition { field: string; operator: string; value: Value }
export interface Conditions { all: Condition[]; any: Condition[] }
export interface Choice { value: string; title: string; enabled?: boolean }
export type Operator = Schema<'RuleOperator'>; // terminal: takes no value
export type FieldRow = Pick<Schema<'RuleSubject'>, 'subject' | 'title' | 'type' | 'group' | 'nullable'> & { operators?: Operator[]; values?: Choice[] };
export interface Definitions { conditions_all: FieldRow[]; conditions_any: FieldRow[]; actions: FieldRow[] }
export interface ViewDefinitions extends Definitions { columns: ViewColumn[] }
export type ViewColumn = Schema<'ViewColumnChoice'>;

// What is wrong with each place of the body: "conditions.all[0].value".
export type Problems = ReadonlyMap<string, string>;
