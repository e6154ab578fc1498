import { type Id } from '@/api/http';
import type { Schema } from '@/api/schema';
import type { Words } from '@/i18n';
import type { Action } from '@/kit/actions/types';
import type { Conditions } from '@/kit/conditions/types';

export interface Rule {
  id: Id; title: string; description: string; active: boolean; position: number; conditions: Conditions; actions: Action[]; updated_at: string; created_at: string;
  usage_1h?: number; usage_24h?: number; usage_7d?: number; usage_30d?: number; usage_total?: number; loops?: number;
}
export interface Trigger extends Rule { revision: number; timing?: { samples: number; mean_us: number; slowest_us: number } | null }
export interface Revision extends Rule { trigger_id: Id; author_id: Id | null; revision: number }
export interface RuleDraft { title: string; description: string; active: boolean; conditions: Conditions; actions: Action[] }

// Triggers that every workspace begins with, by the names that they are shipped with; renamed ones keep their new name.
const kShipped: Record<string, string> = {
  'Notify requester of received request': 'received', 'Notify assignee of assignment': 'assigned', 'Notify assignee of comment': 'commented', 'Notify agents of new request': 'new_request',
};
export const triggerTitle = (t: Words, { title }: Pick<Rule, 'title'>): string => (kShipped[title] ? t(`shipped.${kShipped[title]}`) : title);

export type Review = Omit<Schema<'TriggerReview'>, 'active' | 'trigger_id'> & { active?: boolean };

export const draftOfRule = (rule: Rule): RuleDraft => ({ title: rule.title, description: rule.description, active: rule.active, conditions: rule.conditions, actions: rule.actions });
