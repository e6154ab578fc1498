// Definitions have versions: what is changed or deleted must be what was read, or the server refuses (412; docs/api.md). The version
// is kept beside the object that an answer brought, so that nobody has to carry it about.
import { ApiError, request } from './http';

const tags = new WeakMap<object, string>();

function known<T extends object>(thing: T, etag: string | null): T {
  if (etag) tags.set(thing, etag);
  return thing;
}

export const versionOf = (thing: object | null): string | null => (thing ? (tags.get(thing) ?? null) : null);
export const isOutdated = (problem: unknown): boolean => problem instanceof ApiError && problem.status === 412;

// `name`: the key of the object in bodies and answers, "view".
export async function readThing<T extends object>(path: string, name: string, signal?: AbortSignal): Promise<T> {
  const { body, etag } = await request<Record<string, T>>('GET', path, { signal });
  return known(body[name]!, etag);
}

// `read` is what the change is about, as it was read, or its version; without one, the change is made whatever is there.
export async function changeThing<T extends object>(path: string, name: string, change: unknown, read: object | string | null | undefined): Promise<T> {
  const version = typeof read === 'string' ? read : versionOf(read ?? null);
  const { body, etag } = await request<Record<string, T>>('PUT', path, { json: { [name]: change }, etag: version });
  return known(body[name]!, etag);
}

export async function createThing<T extends object>(path: string, name: string, thing: unknown): Promise<T> {
  const { body, etag } = await request<Record<string, T>>('POST', path, { json: { [name]: thing } });
  return known(body[name]!, etag);
}

export async function deleteThing(path: string, read: object): Promise<void> {
  await request('DELETE', path, { etag: versionOf(read) });
}
