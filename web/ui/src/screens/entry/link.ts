// One-time links. Mails of earlier versions say /enrol?token=…: what is secret goes behind '#', which no log and no referrer sees.
import { match } from '@/app/place';

export interface Link { kind: 'enrol' | 'security-contact'; token: string }

export function linkOf(path: string): Link | null {
  for (const kind of ['enrol', 'security-contact'] as const) {
    const found = match(`/${kind}/:token`, path);
    if (found?.token) return { kind, token: found.token };
  }
  return null;
}

export function hashOfOldLink(place: Pick<Location, 'pathname' | 'search' | 'hash'>): string | null {
  if (place.pathname !== '/enrol' || place.hash.length > 1) return null;
  const token = new URLSearchParams(place.search).get('token');
  return token ? `/#/enrol/${encodeURIComponent(token)}` : null;
}

const better = hashOfOldLink(location);
if (better) history.replaceState(null, '', better);
