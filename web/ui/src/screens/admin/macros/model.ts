import { type Id } from '@/api/http';
import type { Action } from '@/kit/actions/types';
import type { Restriction } from '@/kit/editor/Audience';

export interface Macro { id: Id; title: string; description: string | null; active: boolean; position: number; restriction: Restriction | null; actions: Action[]; updated_at: string; usage_7d?: number; usage_total?: number }
export interface MacroDraft { title: string; description: string; active: boolean; restriction: Restriction | null; actions: Action[] }

export const kPath = '/api/v2/macros';
export const draftOf = (macro: Macro | null): MacroDraft =>
  macro ? { title: macro.title, description: macro.description ?? '', active: macro.active, restriction: macro.restriction, actions: macro.actions }
    : { title: '', description: '', active: true, restriction: null, actions: [{ field: 'comment_value', value: '' }] };
