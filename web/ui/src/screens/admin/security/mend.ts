// Where each row of the checklist is mended. The server names pages as they once were; what it has that this does not know keeps its own.
const kPlaces: Record<string, string> = {
  two_factor_admins: '/people?state=missing',
  two_factor_required: '/security/sign-in',
  owners: '/people?role=owner',
  support_access: '/security/support',
  password_policy: '/security/sign-in',
  tokens_expire: '/security/tokens',
  tokens_idle: '/security/tokens',
  tokens_limited: '/security/tokens',
  allowed_networks: '/security/networks',
  security_contact: '/audit?tab=contact',
  audit_verified: '/audit?tab=chain',
  redaction: '/redaction',
};

export function mendingPlace(check: { id: string; page: string | null }, isKnown: (path: string) => boolean): string | null {
  const own = check.id.startsWith('mail_domain:') ? `/mail/domains/${encodeURIComponent(check.id.slice('mail_domain:'.length))}` : kPlaces[check.id];
  for (const place of [own, check.page?.replace(/^#/, '')]) if (place && isKnown(place.split('?')[0]!)) return place;
  return null;
}
