// The signing keys of a domain and the certificates of the server, and what can be done with them.
import { queryOptions } from '@tanstack/react-query';
import { get, post } from '@/api/http';
import type { Schema } from '@/api/schema';
import { queries } from '@/app/session';
import type { Tone } from '@/kit/Badge';

export type DkimKey = Schema<'DkimKey'>;
export type Certificate = Schema<'Certificate'>;

const pathOf = (domain: string) => `/api/v2/mail_domains/${encodeURIComponent(domain)}/dkim_keys` as const;
const keyOf = (domain: string) => ['mail', 'dkim_keys', domain];
export const keysQuery = (domain: string) => queryOptions({ queryKey: keyOf(domain), queryFn: async ({ signal }) => (await get(pathOf(domain), signal)).dkim_keys });

// The records of the domain are others then, too.
const changed = async (domain: string, keys: DkimKey[]) => {
  queries.setQueryData(keyOf(domain), keys);
  await queries.invalidateQueries({ queryKey: ['mail', 'domain', domain] });
};
export const rotate = async (domain: string, now: boolean) => changed(domain, (await post(pathOf(domain), { rotation: { now } })).dkim_keys);
export const retire = async (domain: string, selector: string, force: boolean) => changed(domain, (await post(`${pathOf(domain)}/retire`, { dkim_key: { selector, force } })).dkim_keys);

export const certificatesQuery = queryOptions({ queryKey: ['mail', 'certificates'], queryFn: ({ signal }) => get('/api/v2/certificates', signal) });
export async function reloadCertificates() {
  const done = await post('/api/v2/certificates/reload');
  await queries.invalidateQueries({ queryKey: certificatesQuery.queryKey });
  return done.restart_needed;
}

const kDay = 86_400_000;
const kSoonDays = 21;
export type CertificateState = 'over' | 'soon' | 'not_yet' | 'good' | 'unread';
export function stateOf(certificate: Pick<Certificate, 'problem' | 'not_before' | 'not_after'>, now: number): { state: CertificateState; days: number } {
  if (certificate.problem || !certificate.not_after) return { state: 'unread', days: 0 };
  const days = Math.floor((Date.parse(certificate.not_after) - now) / kDay);
  if (certificate.not_before && Date.parse(certificate.not_before) > now) return { state: 'not_yet', days };
  return { state: days < 0 ? 'over' : days < kSoonDays ? 'soon' : 'good', days };
}
export const certificateTones: Record<CertificateState, Tone> = { over: 'bad', soon: 'warn', not_yet: 'bad', good: 'good', unread: 'bad' };
export const keyTones: Record<DkimKey['state'], Tone> = { waiting: 'warn', active: 'good', retiring: 'plain', retired: 'plain' };
export const seenTones: Record<DkimKey['in_dns'], Tone> = { seen: 'good', absent: 'bad', different: 'bad', unknown: 'plain' };
