// The part of a form that is about own fields: what is typed over what is stored, and what of it goes into the body.
import { useState, type ReactNode } from 'react';
import type { ApiError } from '@/api/http';
import type { Whose } from '@/screens/admin/personfields/model';
import { FieldInputs } from './FieldInputs';
import { changedOf, typedOf, usePersonFields, type Typed, type Values } from './values';

export interface FieldForm { inputs: ReactNode; changed: () => Values | null; isNamedBy: (problem: ApiError) => boolean }

export function useFieldForm(whose: Whose, stored: unknown, problem: ApiError | null): FieldForm {
  const fields = usePersonFields(whose).data ?? [];
  const [typed, setTyped] = useState<Typed>({});
  const before = typedOf(fields, stored as Values | null | undefined);
  const now = { ...before, ...typed };
  const problemOf = (key: string, of: ApiError | null = problem) => of?.about(`${whose}.${key}`);
  return {
    inputs: <FieldInputs fields={fields} typed={now} problemOf={problemOf} onChange={(key, value) => setTyped((was) => ({ ...was, [key]: value }))} />,
    changed: () => changedOf(fields, before, now),
    isNamedBy: (of) => fields.some(({ key }) => problemOf(key, of) !== undefined),
  };
}
