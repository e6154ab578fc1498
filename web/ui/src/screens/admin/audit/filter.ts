// What the form of the audit log says, as parameters of the address (a bookmark of it is a saved search) and as a query of the API.
export const kFilterNames = ['action', 'actor_id', 'object', 'ip_address', 'text', 'from', 'to', 'outcome'] as const;
export type AuditFilter = Record<(typeof kFilterNames)[number], string>;

export const filterOf = (params: URLSearchParams): AuditFilter => Object.fromEntries(kFilterNames.map((name) => [name, params.get(name) ?? ''])) as AuditFilter;

// A time without a zone is meant in the browser's; a day alone is the whole day, as the API has it.
export function toMoment(typed: string): string {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(typed) || /(Z|[+-]\d\d:\d\d)$/.test(typed)) return typed;
  const at = new Date(typed);
  return Number.isNaN(at.getTime()) ? typed : `${at.toISOString().slice(0, 19)}Z`;
}

// For <input type=datetime-local>.
export const toLocal = (typed: string) => (/^\d{4}-\d\d-\d\d$/.test(typed) ? `${typed}T00:00` : typed);

export function queryOf(filter: AuditFilter): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of ['action', 'actor_id', 'ip_address', 'text', 'outcome'] as const) {
    if (filter[name].trim()) query.append(`filter[${name}]`, filter[name].trim());
  }
  const [type, ...id] = filter.object.trim().split('/');
  if (type && id.length > 0) {
    query.append('filter[source_type]', type);
    query.append('filter[source_id]', id.join('/'));
  }
  if (filter.from || filter.to) {
    query.append('filter[created_at][]', toMoment(filter.from) || '1970-01-01');
    if (filter.to) query.append('filter[created_at][]', toMoment(filter.to));
  }
  return query;
}

// "ticket/12": the API wants both.
export const isWholeObject = (object: string) => object.trim() === '' || /^[^/]+\/.+$/.test(object.trim());
