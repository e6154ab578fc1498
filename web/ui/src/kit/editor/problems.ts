// A refused body, by place: {"view.conditions.all[0].value": […]} is "conditions.all[0].value" of the view's editor.
import type { ApiError } from '@/api/http';
import { detailWords } from '@/api/said';
import type { Words } from '@/i18n';
import type { Problems } from '@/kit/conditions/types';

const kOwnWords = new Set(['BlankValue']); // whatever the server says of it

export function problemsOf(error: ApiError, name: string, t: Words): Problems {
  const out = new Map<string, string>();
  for (const [place, list] of Object.entries(error.problem.details ?? {})) {
    const [first] = list;
    if (!first) continue;
    const at = place.startsWith(`${name}.`) ? place.slice(name.length + 1) : place;
    out.set(at, first.error && kOwnWords.has(first.error) ? t('rules:problem.blank') : detailWords(first));
  }
  if (out.size === 0) out.set('', error.general);
  return out;
}

export const noProblems: Problems = new Map();
