// What is wrong with the chain of hashes, in the page's language.
import type { Words } from '@/i18n';

export const kFaults: [key: string, pattern: RegExp][] = [
  ['head_damaged', /^the head of the chain does not open\b/],
  ['anchor_made_anew', /has another hash than the anchor: the chain was made anew$/],
  ['head_old', /^the chain goes on behind its head\b/],
  ['cut', /^the chain ends before (?:the anchor|its head)\b/],
  ['removed', /^(?:no entry has this number|the entry is gone|an entry that waited for the chain is gone)\b/],
  ['head_other', /^the head has another hash than the last entry$/],
  ['damaged', /^the entry does not open\b/],
  ['other_entry', /^(?:another entry stands in this place|the entry is not the one that the chain has in its place)$/],
  ['not_following', /^the entry does not follow the one before it$/],
  ['changed', /^the entry was changed\b/],
  ['twice', /^two entries have one number$/],
  ['expiry_untold', /^entries were removed up to this number\b/],
  ['slipped_in', /^an entry is neither in the chain nor waiting for it\b/],
  ['anchor_expired', /^the anchor is of an entry that was removed because of its age\b/],
];

export const faultWords = (t: Words, said: string): string => {
  const found = kFaults.find(([, pattern]) => pattern.test(said));
  return found ? t(`fault.${found[0]}`) : said;
};
