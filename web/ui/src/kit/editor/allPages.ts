// Every page of a list that is shown and put in order as a whole (definitions: hundreds at most, never tickets).
import { get } from '@/api/http';

interface PageOf { meta?: { has_more?: boolean; after_cursor?: string | null } }
const kPagesMax = 50;

export async function allPages<Row>(path: string, name: string, signal?: AbortSignal): Promise<Row[]> {
  const rows: Row[] = [];
  let after = '';
  for (let page = 0; page < kPagesMax; page += 1) {
    const joint = path.includes('?') ? '&' : '?';
    const answer = await get<PageOf & Record<string, Row[]>>(`${path}${joint}page[size]=100${after ? `&page[after]=${encodeURIComponent(after)}` : ''}`, signal);
    rows.push(...((answer[name] as Row[] | undefined) ?? []));
    if (!answer.meta?.has_more || !answer.meta.after_cursor) break;
    after = answer.meta.after_cursor;
  }
  return rows;
}
