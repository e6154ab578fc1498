// What the server's checks say, in the page's language. They speak English sentences with names in them; those that are known
// here are said by locales/*/mail.json, "said.…", the others stay as they are, marked as English.
const sentences: [key: string, pattern: RegExp][] = [
  ['dkim_many', /^(\d+) TXT records stand at (\S+), where receivers expect one; remove the others$/],
  ['dkim_revoked', /^the published record revokes the key/],
  ['dkim_unreadable', /^receivers cannot use the published record: (.+)$/],
  ['dkim_other', /^another key is published at (\S+), so that/],
  ['dkim_test', /^the key is ours, but t=y/],
  ['dkim_ours', /^the published key is ours$/],
  ['alias', /^The name is an alias of (\S+)\.$/],
  ['no_keys', /^this server has no signing key for the domain; make one with \"(.+)\"$/],
  ['no_rua', /^Without rua= nobody tells you who sends as the domain; add rua=(\S+)\.$/],
  ['subdomains', /^Subdomains are protected less than the domain: sp=(\w+)\.$/],
  ['dmarc_missing_p', /^p= is missing or not valid/],
  ['dmarc_testing', /^t=y asks receivers to apply less than p=(\w+)/],
  ['dmarc_deaf', /^p=none without a mailto:/],
  ['dmarc_watches', /^p=none only watches/],
  ['dmarc_last', /^The last step, when the reports show that all of your mail passes: (.+)$/],
  ['dmarc_policy', /^policy (\w+) is published$/],
  ['dmarc_none_note', /^\"none\" changes nothing for your mail/],
  ['dmarc_missing', /^no DMARC record is published for the domain or above it$/],
  ['dmarc_many', /^(\d+) DMARC records are published/],
  ['no_record', /^no (\w+) record is published at (\S+)$/],
  ['no_domain', /^(\S+) does not exist in DNS$/],
  ['no_answer', /^DNS did not answer for (?:the policy of )?(\S+); try again$/],
  ['no_address', /^(\S+) has no address; publish one record/],
  ['private', /^(\S+) is a private address that other servers cannot reach$/],
  ['leads_elsewhere', /^(\S+) leads to (.+) and not to (\S+)$/],
  ['leads_here', /^(\S+) leads to this server$/],
  ['ptr_back', /^the address leads to (\S+) and back$/],
  ['ptr_not_back', /^the address leads to (.+), (?:which does not lead back|but that name does not lead back to \S+)$/],
  ['ptr_other', /^the address leads to (\S+) and back, but this server greets as (\S+)$/],
  ['ptr_owner', /^Whoever owns the address publishes it/],
  ['sts_missing_host', /^(\S+) has no address, so that the policy cannot be fetched$/],
  ['sts_self_signed', /^the certificate of the HTTPS listener is self-signed/],
  ['sts_not_named', /^the certificate of the HTTPS listener does not name (\S+), so/],
  ['sts_not_yet', /^Do not enforce yet: the SMTP certificate is self-signed\.$/],
  ['sts_announced', /^the present policy \(mode (\w+)\) is announced$/],
  ['sts_old_id', /^the id is not that of the present policy/],
  ['sts_unfetchable', /^the policy is announced, but nobody can fetch it$/],
  ['dane_no_dnssec', /^DANE: not advised, because this server does not validate DNSSEC/],
  ['dane_unsigned', /^DANE: not advised, because the zone of (\S+) is not signed\.$/],
  ['mx_here', /^mail for the domain comes here$/],
  ['mx_elsewhere', /^mail for the domain goes to (.+), and none of it comes to (\S+)$/],
  ['mx_also', /^mail comes here, but (.+) takes it too/],
  ['mx_first', /^senders try (.+) first and come here/],
  ['spf_missing', /^no SPF record is published at (\S+)$/],
  ['spf_others', /^Add your other senders before \"~all\"\.$/],
  ['spf_passes', /^the record passes mail from (.+) and needs (\d+) of (\d+) DNS look-ups$/],
  ['spf_refuses', /^the record does not pass mail from (.+)$/],
  ['spf_syntax', /^the record has a syntax error/],
  ['spf_many', /^(\d+) SPF records are published/],
  ['rpt_good', /^senders know where to report to$/],
  ['reply_signed', /^signed with d=(\S+) by (.+), whose keys? (?:is|are) live$/],
  ['reply_no_key', /^of (.+) no key is live$/],
];

export function known(text: string): { key: string; values: Record<string, string> } | null {
  for (const [key, pattern] of sentences) {
    const found = pattern.exec(text);
    if (found) return { key, values: { a: found[1] ?? '', b: found[2] ?? '', c: found[3] ?? '' } };
  }
  return null;
}
